from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import launch
from launch.places import ROOT, Home, data_dir


def socket_folder(url):
    return parse_qs(urlsplit(url).query)["host"][0]


def test_the_same_data_dir_has_the_same_addresses_however_it_is_written():
    assert launch.addresses("/srv/stammgast/data") == launch.addresses("/srv/stammgast/../stammgast/data/")


def test_two_data_dirs_have_no_address_in_common():
    one, other = launch.addresses("/srv/one"), launch.addresses("/srv/other")
    assert socket_folder(one.database_url) != socket_folder(other.database_url)
    assert one.redis_url != other.redis_url


def test_a_socket_path_fits_however_long_the_data_dir_is():
    home = Home(Path("/srv") / ("long" * 60) / "data")
    assert len(str(home.postgres_socket)) < 100
    assert len(str(home.valkey_socket)) < 100


def test_the_runtime_and_the_owner_are_different_logins_of_one_database():
    found = launch.addresses("/srv/one")
    assert urlsplit(found.database_url).username == "stammgast_app"
    assert urlsplit(found.owner_url).username == "stammgast_owner"
    assert urlsplit(found.database_url).path == urlsplit(found.owner_url).path == "/stammgast"


def test_addresses_make_nothing(tmp_path):
    launch.addresses(tmp_path / "not-there")
    assert not (tmp_path / "not-there").exists()
    assert not Home(tmp_path / "not-there").short.exists()


def test_data_dir_is_below_the_checkout_unless_chosen(monkeypatch, tmp_path):
    monkeypatch.delenv("DATA_DIR", raising=False)
    assert data_dir() == ROOT / ".data"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", "mine")
    assert data_dir() == tmp_path / "mine"


def test_nothing_is_running_where_nothing_was_started(tmp_path):
    assert launch.running(tmp_path) is False
