"""No file knows the machine it was written on, or where packages come from."""

import pytest

from tests.style import places, tree


def texts() -> dict[str, str]:
    found = {}
    for path in tree.files_in_git():
        content = path.read_bytes()
        if b"\0" not in content:
            found[tree.relative(path)] = content.decode("utf-8")
    return found


def test_no_file_names_a_registry_host() -> None:
    assert not [f"{name}:{offence}" for name, text in texts().items() for offence in places.registry_hosts(text)]


def test_no_file_names_a_path_of_one_machine() -> None:
    assert not [f"{name}:{offence}" for name, text in texts().items() for offence in places.machine_paths(text)]


@pytest.mark.parametrize("name", ["base", "dev", "node"])
def test_a_lock_pins_every_package_and_ties_it_to_no_address(name: str) -> None:
    text = (tree.ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    assert places.addresses_in_requirements(text) == []
    assert places.unhashed_requirements(text) == []


def test_the_page_assets_lock_pins_every_package_and_ties_it_to_no_address() -> None:
    text = (tree.ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert places.addresses_in_package_lock(text) == []


def test_a_planted_host_is_found() -> None:
    assert places.registry_hosts("a\nhttps://files.python" + "hosted.org/x\n") == ["2: names python" + "hosted.org"]


@pytest.mark.parametrize("path", ["/ho" + "me/anna/shop/x", "/wo" + "rk/main/x", "/ro" + "ot/.cache"])
def test_a_planted_path_is_found(path: str) -> None:
    assert len(places.machine_paths(f"a\nb {path}")) == 1


@pytest.mark.parametrize("line", ["--index-url x", "-i x", "-f x", "a @ https://example.invalid/a.whl"])
def test_a_planted_address_in_a_lock_is_found(line: str) -> None:
    assert len(places.addresses_in_requirements(f"# made by ./dev lock\n{line}\n")) == 1


def test_a_package_without_a_hash_is_found() -> None:
    text = "a==1 \\\n    --hash=sha256:00\n    # via x\nb==2\n    # via y\n"
    assert places.unhashed_requirements(text) == ["b==2"]


def test_a_planted_address_in_the_page_assets_lock_is_found() -> None:
    text = '{"packages": {"": {}, "a": {"integrity": "x", "resolved": "y"}, "b": {}, "c": {"integrity": "x"}}}'
    assert places.addresses_in_package_lock(text) == ["a: has an address", "b: has no hash"]
