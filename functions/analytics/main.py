"""Analytics: creators' own figures, the platform's for administrators, and the page that shows those."""

from typing import Any

from common import auth
from common.api import Api
from common.auth import User
from common.db import Db
from common.i18n import Language
from common.intake import Request
from common.needs import Needs
from common.problems import NotFound
from common.replies import Reply

from . import dashboard_page, files, history, own, platform_days, schemas

api = Api("analytics", needs=Needs(uses=()))


@api.get("/v1/analytics/dashboard", caller=auth.user, gives=schemas.Dashboard, also=["text/csv"])
def show_dashboard(db: Db, user: User, query: schemas.Shown, request: Request) -> Any:
    """Show one's totals and the comics that were read most in thirty days; as CSV all of one's comics."""
    if files.wanted(request, query.format):
        return files.of_comics(own.comics(db, user))
    return own.dashboard(db, user)


@api.get("/v1/analytics/daily", caller=auth.user, gives=list[schemas.Day], also=["text/csv"], raises=[NotFound])
def list_days(db: Db, user: User, query: schemas.Days, request: Request) -> Any:
    """List what readers did on each day, oldest first, with all of one's comics or with one of them."""
    rows = own.daily(db, user, query.days, query.comic_id)
    return files.of("daily.csv", files.DAYS, rows) if files.wanted(request, query.format) else rows


@api.get("/v1/analytics/monthly", caller=auth.user, gives=list[schemas.Month], also=["text/csv"])
def list_months(db: Db, user: User, query: schemas.Months, request: Request) -> Any:
    """List what readers did with one's comics in each month and what one earned, oldest first."""
    rows = own.monthly(db, user, query.months)
    return files.of("monthly.csv", files.MONTHS, rows) if files.wanted(request, query.format) else rows


@api.get("/v1/analytics/yearly", caller=auth.user, gives=schemas.Year, also=["text/csv"])
def show_year(db: Db, user: User, query: schemas.WhichYear, request: Request) -> Any:
    """Show a year of one's comics with its months."""
    found = own.yearly(db, user, query.year)
    return files.of("yearly.csv", files.MONTHS, found["months"]) if files.wanted(request, query.format) else found


@api.get("/v1/analytics/history", caller=auth.user, gives=list[schemas.Movement], also=["text/csv"])
def list_history(db: Db, user: User, query: schemas.History, request: Request, language: Language) -> Any:
    """List the movements of one's kredit and publish quota, newest first; as CSV all of them."""
    if files.wanted(request, query.format):
        return history.file(db, user, language)
    return history.page(db, user, query, language)


@api.get("/v1/admin/analytics/dashboard", caller=auth.admin, gives=schemas.Master)
def show_master_dashboard(db: Db) -> Any:
    """Show how MamaStoria is doing: people, retention, comics, generation, money, top creators."""
    return platform_days.master(db)


@api.get("/v1/admin/analytics/daily", caller=auth.admin, gives=list[schemas.PlatformDay], also=["text/csv"])
def list_platform_days(db: Db, query: schemas.PlatformDays, request: Request) -> Any:
    """List the platform's figures of each day, oldest first."""
    days = platform_days.daily(db, query.days)
    return platform_days.file(days) if files.wanted(request, query.format) else days


@api.get("/admin", caller=auth.public, gives="text/html; charset=utf-8", max_age=300)
def admin_page() -> Reply:
    """Show the platform's figures as charts to an administrator who signs in on the page."""
    return dashboard_page.reply()


main = api.main()
