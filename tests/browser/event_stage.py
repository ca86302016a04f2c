"""Where the story of an event is played: everybody at his own pages, and a worker behind the site."""

from dataclasses import dataclass

import sqlalchemy as sa
from playwright.sync_api import Locator, Page

from matchmaker.domain.registrations import Registration
from matchmaker.services.worker import Worker
from tests.browser.conftest import Site, Visit
from tests.cast import PASSWORD, Member
from tests.working import finish

PHONE = 390


@dataclass(frozen=True, slots=True)
class Stage:
    """A served site with its worker, everybody's pages, and who they are."""

    site: Site
    worker: Worker
    visit: Visit
    people: dict[str, Member]
    pages: dict[str, Page]

    def page(self, key: str, path: str) -> Page:
        """Return somebody's page at an address; parties and judges look at a phone."""
        if key not in self.pages:
            self.pages[key] = self._arrive(key)
        self.pages[key].goto(path)
        return self.pages[key]

    def work(self) -> None:
        """Let the worker do all that is behind."""
        finish(self.worker)

    def _arrive(self, key: str) -> Page:
        if key == "carol":
            return self.visit("/", key)
        page = self.visit("/login", None, width=PHONE)
        page.get_by_label("邮箱").fill(self.people[key].email)
        page.get_by_label("密码").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="登录").click()
        page.wait_for_url("**/dashboard")
        return page


def confirm(page: Page, label: str, answer: str = "") -> None:
    page.locator("details.confirm > summary").filter(has_text=label).click()
    press(page, page.locator("details.confirm[open]").get_by_role("button", name=answer or label))


def press(page: Page, button: Locator) -> None:
    """Press what leads to another page, and be there."""
    with page.expect_navigation():
        button.click()


def registrations_of(stage: Stage, event_id: int) -> dict[str, int]:
    keys = {person.user_id: key for key, person in stage.people.items()}
    with stage.site.database.read() as session:
        rows = session.scalars(sa.select(Registration).where(Registration.event_id == event_id))
        return {keys[row.user_id or 0]: row.id for row in rows}
