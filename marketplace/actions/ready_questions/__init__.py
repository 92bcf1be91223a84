"""Questions with a ready answer: one module a question, all answered in one shape (``answers.ReadyAnswer``)."""

from marketplace.actions.ready_questions.answers import ReadyAnswer, Row
from marketplace.actions.ready_questions.joined_states import joined_states
from marketplace.actions.ready_questions.nearly_area_wide import nearly_area_wide
from marketplace.actions.ready_questions.one_or_all import one_or_all
from marketplace.actions.ready_questions.online_in_state import OnlineInState, online_in_state
from marketplace.actions.ready_questions.paid_services import paid_services
from marketplace.actions.ready_questions.planned_go_lives import planned_go_lives
from marketplace.actions.ready_questions.reusing_states import reusing_states
from marketplace.actions.ready_questions.size_classes import size_classes

__all__ = [
    "OnlineInState",
    "ReadyAnswer",
    "Row",
    "joined_states",
    "nearly_area_wide",
    "one_or_all",
    "online_in_state",
    "paid_services",
    "planned_go_lives",
    "reusing_states",
    "size_classes",
]
