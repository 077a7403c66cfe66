"""May somebody do something, asked by an expression."""

from onggi.api.cel.environments import MATCH_BUDGET, MATCH_CONDITIONS
from onggi.api.cel.library.authorization import Authorizer, Decision, Question, ResourceCheck
from onggi.api.cel.program import compile


def test_questions_are_put_together_step_by_step() -> None:
    asked: list[Question] = []

    def decide(question: Question) -> Decision:
        asked.append(question)
        return Decision(question.verb == "get", "why not")

    may = Authorizer(decide)
    values = {
        "authorizer": may,
        "authorizer.requestResource": ResourceCheck(may, "", "pods", "log", "ns", "web"),
    }
    source = (
        "authorizer.group('apps').resource('deployments').subresource('scale')"
        ".namespace('a').name('b').check('get').allowed()"
        " && authorizer.serviceAccount('a', 'robot').path('/healthz').check('get').reason() != ''"
        " && !authorizer.requestResource.check('delete').allowed()"
    )
    assert compile(source, MATCH_CONDITIONS).evaluate(values, MATCH_BUDGET) is True
    assert asked == [
        Question(None, "get", "", "apps", "deployments", "scale", "a", "b"),
        Question(("a", "robot"), "get", "/healthz"),
        Question(None, "delete", "", "", "pods", "log", "ns", "web"),
    ]
