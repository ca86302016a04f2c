"""Charts really draw under the strict policy, and lead to the rows behind them."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

INK = """(box) => [...box.querySelectorAll('canvas')].some((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const ground = [...data.slice(0, 4)].join();
  for (let place = 0; place < data.length; place += 4)
    if (data[place + 3] > 0 && [...data.slice(place, place + 4)].join() !== ground) return true;
  return false;
})"""


def _drawn(page: Page, name: str) -> bool:
    box = page.locator(f"[data-chart={name}]")
    box.scroll_into_view_if_needed()
    expect(box).to_have_attribute("data-done", "drawn")
    return bool(box.evaluate(INK))


def test_charts_draw_and_open_to_their_rows(visit: Visit) -> None:
    for width in (1440, 390):
        page = visit("/charts", "dave", width=width)
        names = ("trend", "amounts", "fields", "branches", "funnel")
        assert [name for name in names if not _drawn(page, name)] == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
    # What is chosen in the legend is drawn; the library is fetched on no other page.
    button = page.locator("#fields").get_by_role("button", name="新开的跟进项目")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.locator("#fields table a").first.click()
    expect(page.get_by_role("heading", name="发布的技术需求", level=1)).to_be_visible()
    expect(page.locator("script[src*=echarts]")).to_have_count(0)
