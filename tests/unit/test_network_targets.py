"""Which addresses are called on somebody's behalf."""

import pytest

from marketplace.domain.network_targets import networks, why_not, why_not_host


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1",
        "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1",
        "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "2002:7f00:1::", "2002:808:808::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "fe80::1%lo", "localhost", "", "127.1", "0x7f.0.0.1", "2130706433",
    ],
)  # fmt: skip
def test_what_is_not_public_is_not_called(address: str) -> None:
    assert why_not(address) is not None


@pytest.mark.parametrize("address", ["8.8.8.8", "193.0.6.139", "2001:4860:4860::8888", "2a00:1450:4001::1"])
def test_public_addresses_are_called(address: str) -> None:
    assert why_not(address) is None


def test_a_setting_allows_networks_and_nothing_beside_them() -> None:
    allowed = networks("10.1.0.0/16, ::1/128")
    assert why_not("10.1.255.1", allowed) is None
    assert why_not("::1", allowed) is None
    for other in ("10.2.0.1", "127.0.0.1", "::ffff:10.1.0.1"):
        assert why_not(other, allowed) is not None
    assert networks("") == ()
    for text in ("10.1.0.1/16", "example.org", "10.0.0.0/40"):
        with pytest.raises(ValueError, match=r".+"):
            networks(text)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "[::1]", "::1", "localhost", "LOCALHOST", "localhost.", "a.localhost", "2130706433", "0x7f.1",
        "0177.0.0.1", "127.1", "0x7f000001", "a..b", "-a.example", "a b.example", "ü.example", "example.123", "a" * 300,
        "169.254.169.254", "[fe80::1%25lo]", "exa_mple.o_g",
    ],
)  # fmt: skip
def test_hosts_that_show_already_that_they_are_not_called(host: str) -> None:
    assert why_not_host(host) is not None


@pytest.mark.parametrize(
    "host", ["example.org", "a-1.example.org.", "xn--bcher-kva.example", "8.8.8.8", "intern"]
)
def test_other_hosts_are_looked_up_when_they_are_called(host: str) -> None:
    assert why_not_host(host) is None
