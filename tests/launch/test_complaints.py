import errno

import pytest

from launch.complaints import explain, explain_os_error


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        (
            "error: command '/usr/bin/gcc' failed with exit code 1\nFailed building wheel for x",
            "A package had",
        ),
        ("ERROR: No matching distribution found for celery==5.7.0", "A package does not exist"),
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(...)'\n"
            "ERROR: No matching distribution found for celery==5.7.0",
            "The package source cannot be reached",
        ),
        ("npm error code ENOTFOUND", "The package source cannot be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "A downloaded package is not the one"),
        ("PermissionError: [Errno 13] Permission denied: '/srv'", "Writing is not allowed"),
        ("SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED", "The package source's certificate"),
        ("The virtual environment was not created: ensurepip is not available", "Python cannot make"),
    ],
)
def test_what_a_tool_complains_of_becomes_what_to_do(said, begins):
    assert explain(said).startswith(begins)


def test_an_unknown_complaint_is_quoted():
    assert explain("one\nsomething odd\n\n") == "A step failed: something odd"
    assert explain("") == "A step failed without a word."


def test_an_error_of_the_system_names_the_file():
    error = OSError(errno.ENOSPC, "No space left on device", "/srv/data/x")
    assert explain_os_error(error) == "The disk is full: make room and start again. (/srv/data/x)"
