"""The commands beside `serve`."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from support.companion import BINARY, endpoint, settings

GOOD = settings(endpoint("first", "http://127.0.0.1:9"), server={"port": 8765, "auth_token": "token-for-clients"})


@pytest.fixture
def companion(install):
    companion = install()
    companion.configure(GOOD)
    return companion


def test_check_accepts_a_good_file(companion):
    result = companion.run("check", "--config", companion.config)
    assert result.returncode == 0, result.stderr
    assert "key-of-first" not in result.stdout + result.stderr


def test_check_tells_file_and_line_of_every_mistake(companion):
    lines = companion.config.read_text().splitlines()
    mistakes = [number for number, line in enumerate(lines, 1) if "auth_type" in line or "level:" in line]
    broken = "\n".join(lines).replace("auth_type:", "auth_tipe:").replace('level: "debug"', 'level: "loud"')
    companion.configure(broken + "\n")
    result = companion.run("check", "--config", companion.config)
    assert result.returncode == 1
    printed = result.stdout + result.stderr
    for number in mistakes:
        assert f"config.yaml:{number}" in printed
    assert "auth_type" in printed, "no suggestion for the misspelt key"
    assert "key-of-first" not in printed


def test_check_says_which_provider_an_endpoint_has_and_why(companion):
    companion.configure(
        "endpoints:\n"
        "  - {name: named, provider: openrouter, auth_value: k}\n"
        "  - {name: guessed, endpoint_type: openai, url: 'https://api.deepseek.com', auth_type: none}\n"
        "  - {name: unknown, endpoint_type: openai, url: 'https://a.test', auth_type: none}\n"
    )
    result = companion.run("check", "--config", companion.config)
    assert result.returncode == 0, result.stderr
    assert 'endpoint "named": provider openrouter (as configured)' in result.stdout
    assert 'endpoint "guessed": provider deepseek (guessed from host api.deepseek.com)' in result.stdout
    assert 'endpoint "unknown": provider generic (no known host' in result.stdout


def test_check_tells_of_a_missing_file(companion):
    result = companion.run("check", "--config", companion.home / "nothing.yaml")
    assert result.returncode == 1
    assert "nothing.yaml" in result.stdout + result.stderr


def test_serve_does_not_start_with_a_broken_file(companion):
    companion.configure("server:\n  prot: 8080\n")
    result = companion.run("serve", "--config", companion.config, "--port", "0")
    assert result.returncode == 1
    assert "config.yaml:2" in result.stdout + result.stderr


def test_env_prints_what_a_shell_can_evaluate(companion):
    command = f'eval "$({shlex.quote(str(BINARY))} env --config config.yaml)" && env'
    result = subprocess.run(
        ["sh", "-c", command],
        cwd=companion.home,
        env={"PATH": "/usr/bin:/bin", "HOME": str(companion.home)},
        text=True,
        capture_output=True,
        timeout=30,
    )
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert "ANTHROPIC_BASE_URL=http://127.0.0.1:8765" in lines
    assert "ANTHROPIC_AUTH_TOKEN=token-for-clients" in lines


def test_run_starts_a_client_with_the_variables(companion):
    script = 'printf "%s %s" "$ANTHROPIC_BASE_URL" "$ANTHROPIC_AUTH_TOKEN"'
    result = companion.run("run", "--config", companion.config, "--", "sh", "-c", script)
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("http://127.0.0.1:8765 token-for-clients")


def test_run_ends_as_its_client_ended(companion):
    assert companion.run("run", "--config", companion.config, "--", "sh", "-c", "exit 7").returncode == 7
    missing = companion.run("run", "--config", companion.config, "--", "no-such-program")
    assert missing.returncode not in (0, 7)
    assert "no-such-program" in missing.stderr


@pytest.mark.parametrize("flag", ["--config", "-config"])
def test_both_spellings_of_the_configuration_flag_work(flag, companion):
    result = companion.run("check", flag, companion.config)
    assert result.returncode == 0, result.stderr


def test_version_and_help(companion):
    version = companion.run("--version")
    assert version.returncode == 0 and any(character.isdigit() for character in version.stdout)
    help = companion.run("--help")
    assert help.returncode == 0
    for command in ("serve", "check", "env", "run", "logs"):
        assert command in help.stdout


def test_environment_variables_expand_in_the_configuration(companion):
    text = companion.config.read_text()
    companion.configure(text.replace("port: 8765", "port: ${COMPANION_TEST_PORT:8766}"))
    result = companion.run("env", "--config", companion.config)
    assert "http://127.0.0.1:8766" in result.stdout, result.stderr
