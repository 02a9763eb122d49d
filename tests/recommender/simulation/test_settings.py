import re
from pathlib import Path

from recommender.simulation import settings

DOC = Path(__file__).parents[3] / "docs" / "demo-city.md"


def figures(value):
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
    return [float(part) for part in parts]


def numbers_in(cell):
    return [float(number.replace(",", "")) for number in re.findall(r"-?\d[\d,]*\.?\d*", cell.replace(", ", " "))]


def test_every_setting_stands_in_the_description_of_the_city_with_its_value():
    rows = [line.split("|")[1:3] for line in DOC.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    described = {tuple(names.split("`")[1::2]): cell for names, cell in rows}
    described = {names: cell for names, cell in described.items() if names[0].isupper()}
    declared = {name: figures(value) for name, value in vars(settings).items() if name.isupper()}
    assert {name for names in described for name in names} == set(declared)
    for names, cell in described.items():
        assert numbers_in(cell) == [figure for name in names for figure in declared[name]], names
