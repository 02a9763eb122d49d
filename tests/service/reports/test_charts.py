import re

from markupsafe import Markup

from service.reports.charts import Bar, draw_bars


def widths(svg):
    return [float(width) for width in re.findall(r'<rect [^>]*width="([0-9.]+)" height="16"', svg)]


def draw(*bars, series=("Served", "Not served")):
    return draw_bars("c", title="A title", description="A description", series=series, bars=bars)


def test_bars_are_to_one_scale_and_parts_of_nothing_are_not_drawn():
    svg = draw(Bar(label="A", parts=(3.0, 1.0), text="3"), Bar(label="B", parts=(2.0, 0.0), text="2"))
    three, one, two = widths(svg)
    assert abs(three / one - 3.0) < 0.01
    assert abs(three / two - 1.5) < 0.01
    assert '<text x="262" y="43" text-anchor="end">A</text>' in svg


def test_no_bar_runs_out_of_the_drawing_even_with_long_figures():
    svg = draw(Bar(label="A", parts=(1e12, 1e12), text="Rp1.234,56 miliar direncanakan, sisa Rp9.876,54 miliar"))
    assert 0 < sum(widths(svg)) < 430


def test_a_chart_of_zeros_and_a_chart_of_nothing_are_drawn_without_bars():
    assert widths(draw(Bar(label="A", parts=(0.0, 0.0), text="0"))) == []
    assert draw() == Markup()


def test_the_drawing_is_named_for_readers_who_cannot_see_it():
    svg = draw(Bar(label="A", parts=(1.0, 1.0), text="1"))
    assert 'role="img" aria-labelledby="c-title c-desc"' in svg
    assert '<title id="c-title">A title</title><desc id="c-desc">A description</desc>' in svg


def test_labels_are_escaped_and_long_ones_shortened():
    svg = draw(Bar(label="<b>" + "x" * 60, parts=(1.0, 1.0), text="<i>"))
    assert "<b>" not in svg
    assert "<i>" not in svg
    assert "x" * 40 not in svg
    assert "…" in svg
