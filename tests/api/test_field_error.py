from onggi.api import field_error


def test_errors_read_as_upstream_prints_them() -> None:
    shown = [
        field_error.required("a"),
        field_error.required("a", "must be set"),
        field_error.invalid("a", "옹", "no"),
        field_error.invalid("a", True, "no"),
        field_error.invalid("a", {"b": None}, ""),
        field_error.duplicate("a", 1),
        field_error.not_supported("a", "X", ["Y", "Z"]),
        field_error.too_many("a", 3, 1),
        field_error.too_long("a", 5),
        field_error.not_found("a", "x"),
        field_error.immutable("a", None),
        field_error.forbidden("a", "why"),
    ]
    assert [str(error) for error in shown] == [
        "a: Required value",
        "a: Required value: must be set",
        'a: Invalid value: "옹": no',
        "a: Invalid value: true: no",
        'a: Invalid value: {"b":null}',
        "a: Duplicate value: 1",
        'a: Unsupported value: "X": supported values: "Y", "Z"',
        "a: Too many: 3: must have at most 1 item",
        "a: Too long: may not be more than 5 bytes",
        'a: Not found: "x"',
        "a: Invalid value: null: field is immutable",
        "a: Forbidden: why",
    ]
