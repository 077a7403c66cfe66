from onggi.up.users import CACHES, INGRESS, SCHEDULER, controller, node


def test_the_parts_have_the_names_of_upstream_s_components():
    assert SCHEDULER.name == "system:kube-scheduler"
    assert node("n1").name == "system:node:n1"
    assert "system:nodes" in node("n1").groups
    name = "system:serviceaccount:kube-system:deployment-controller"
    assert controller("deployment-controller").name == name


def test_no_part_is_an_administrator():
    for user in (SCHEDULER, INGRESS, CACHES, node("n1"), controller("x")):
        assert "system:masters" not in user.groups
        assert "system:authenticated" in user.groups
