"""The series as a whole: what it is, its figures, its press, what may follow; each figure with its source."""

from collections.abc import Sequence
from datetime import date

from visitbot.answering.answer import Action, Answer, Paragraph, Span
from visitbot.answering.phrases import Value
from visitbot.answering.situation import Situation, shortened
from visitbot.catalogue.model import Figure, PressArticle, Ranking, Series, Venue
from visitbot.understanding.request import Request

MOST_ARTICLES, FEW_ARTICLES = 8, 4
LONGEST_TITLE = 100
LONGEST_DESCRIPTION = 260
MAIN_FIGURES = ("views", "reach", "interactions")


def results(request: Request, situation: Situation) -> Answer:
    """Views, reach, interactions, the most viewed; of one venue only what the rankings tell."""
    series = _told(situation)
    if series is None:
        return situation.reply(situation.say("visit.no_series"))
    named = situation.venues(request.venues)
    wanted = [figure for figure in series.figures if figure.key in MAIN_FIGURES]
    if request.aspect in MAIN_FIGURES:
        wanted = [figure for figure in series.figures if figure.key == request.aspect] or wanted
    rankings = list(series.rankings)
    if request.aspect in ("views", "reach"):
        rankings = [ranking for ranking in rankings if ranking.key == request.aspect]
    told: list[Paragraph] = []
    if named:
        told += [_standing(venue.id, series, situation) for venue in named]
        quotes: list[Value] = [situation.text(one.text) for one in series.quotes if one.venue in request.venues]
        told += [situation.listed(situation.say("results.quote"), quotes)] if quotes else []
        wanted = [figure for figure in wanted if figure.key == "views"]
    if wanted and request.aspect != "top":
        lines: list[Value] = [_figure(figure, situation) for figure in wanted]
        over = series.end < situation.today
        title = situation.about_series(series, "results.figures_past" if over else "results.figures")
        told.append(situation.listed(title, lines))
    if request.aspect != "interactions" and not named:
        told += [_ranking(ranking, situation) for ranking in rankings]
    if not told:
        told.append(situation.say("results.none"))
    sources = [figure.source for figure in wanted] + [ranking.source for ranking in rankings]
    return situation.reply(
        *told, *situation.sources(sources),
        actions=(*_films(named, rankings, situation), *situation.open_page(series), situation.ask("press")),
    )  # fmt: skip


def about(request: Request, situation: Situation) -> Answer:
    """What the series is, who makes it, why, when, how many stages."""
    series = situation.series()
    if series is None:
        return situation.reply(situation.say("visit.no_series"))
    over = series.end < situation.today
    values: dict[str, Value] = {
        "title": situation.text(series.title),
        "organiser": situation.own(series.organiser_in) or series.organiser,
        "partners": situation.phrases.join(series.partners),
        "start": situation.day(series.start),
        "end": situation.day(series.end),
        "stages": series.stages,
        "known": len({one.venue for one in situation.catalogue.visits if one.series == series.id}),
        "text": shortened(situation.text(series.description), LONGEST_DESCRIPTION).rstrip("."),
    }
    fields = {
        "organiser": "organiser",
        "partners": "partners",
        "count": "stages",
        "dates": "start",
        "why": "description",
    }
    aspect = request.aspect if request.aspect in fields else None
    keys = [f"about.{aspect}"] if aspect else ["about.what", "about.dates", "about.organiser"]
    told = [
        situation.say(f"{key}_past" if over and f"{key}_past" in situation.phrases else key, **values) for key in keys
    ]
    if aspect == "count":
        told += [situation.say("about.doubt", text=situation.text(doubt)) for doubt in series.contradictions[:1]]
    source = series.sources.get(fields[aspect] if aspect else "title") or series.sources.get("title")
    return situation.reply(
        *told, *situation.sources([source]),
        actions=(situation.ask("venues"), *situation.open_page(series), situation.ask("results")),
    )  # fmt: skip


def press(request: Request, situation: Situation) -> Answer:
    """What newspapers wrote, oldest first; of one venue, only about it."""
    series = _told(situation)
    articles = sorted(series.press if series else (), key=lambda article: article.published or date.max)
    named = situation.venues(request.venues)
    mine = [article for article in articles if article.venue in {venue.id for venue in named}]
    lead: tuple[Paragraph, ...] = ()
    if named and not mine:
        lead = tuple(situation.about(venue, "press.none_of") for venue in named[:1])
    # Beside the point where none is about the venue asked for, and one of several answers: then only a few.
    shown = (mine or articles)[: FEW_ARTICLES if lead or situation.brief else MOST_ARTICLES]
    if not shown:
        return situation.reply(situation.say("press.none"), actions=situation.open_page(series))
    paragraph = situation.listed(situation.say("press.title"), [_article(article, situation) for article in shown])
    rest = len(mine or articles) - len(shown)
    more = situation.say("press.more", count=rest) if rest else ()
    opened = tuple(Action("open", _to_read(article, situation), article.url) for article in shown if article.url)[:2]
    sources = {article.source for article in shown if not article.url}
    return situation.reply(
        *lead, paragraph, more, *situation.sources(sorted(sources)),
        actions=(*opened, situation.ask("about"), situation.ask("results")),
    )  # fmt: skip


def next_season(_: Request, situation: Situation) -> Answer:
    """Whether another edition follows: a series that is still to come, else what was said of one."""
    coming = [series for series in situation.catalogue.series if series.start > situation.today]
    past = [series for series in situation.catalogue.series if series.start <= situation.today]
    if coming and past:
        first = min(coming, key=lambda series: series.start)
        told = situation.say("next.known", title=situation.text(first.title), start=situation.day(first.start))
        return situation.reply(told, actions=(situation.ask("schedule"), *situation.open_page(first)))
    series = _told(situation)
    said = situation.text(series.next_edition) if series else ""
    if series is None or not said:
        return situation.reply(situation.say("next.unknown"), actions=situation.open_page(series))
    source = series.sources.get("next_edition") or series.sources.get("title")
    return situation.reply(
        situation.say("next.said", text=said.rstrip(".")), situation.say("next.nothing_since"),
        *situation.sources([source]),
        actions=(*situation.open_page(series), situation.ask("about")),
    )  # fmt: skip


def _told(situation: Situation) -> Series | None:
    """The latest series that has begun, else the one to come."""
    begun = [series for series in situation.catalogue.series if series.start <= situation.today]
    return max(begun, key=lambda series: series.start) if begun else situation.series()


def _figure(figure: Figure, situation: Situation) -> Paragraph:
    key = f"results.{figure.key}"
    value = situation.number(figure.value)
    amount = situation.phrases.plain("results.at_least", value=value) if figure.at_least else value
    return situation.say(key, value=Span(amount, strong=True))


def _ranking(ranking: Ranking, situation: Situation) -> Paragraph:
    names = [situation.label(venue) for venue in situation.venues(ranking.venues)]
    suffix = "" if ranking.ordered else "_unordered"
    return situation.say(f"results.top_{ranking.key}{suffix}", names=situation.phrases.join(names))


def _standing(venue: str, series: Series, situation: Situation) -> Paragraph:
    """What is known of one venue: whether it is among the most viewed."""
    place = situation.catalogue.venues[venue]
    tops = [ranking for ranking in series.rankings if venue in ranking.venues]
    if not tops:
        return situation.about(place, "results.venue_none")
    kinds = situation.phrases.join([situation.phrases.plain(f"results.by_{ranking.key}") for ranking in tops])
    return situation.about(place, "results.venue_top", kinds=kinds, number=len(tops[0].venues))


def _films(named: Sequence[Venue], rankings: Sequence[Ranking], situation: Situation) -> tuple[Action, ...]:
    """The visit of the venue that was asked about, else of the one named first."""
    first = named or (situation.venues(rankings[0].venues) if rankings else ())
    return tuple(situation.ask("visit", venue) for venue in first[:1])


def _to_read(article: PressArticle, situation: Situation) -> str:
    if article.published is None:
        return situation.phrases.plain("press.read_undated", paper=article.paper)
    published = situation.day(article.published, weekday=False)
    return situation.phrases.plain("press.read", paper=article.paper, date=published)


def _article(article: PressArticle, situation: Situation) -> Paragraph:
    title = Span(shortened(article.title, LONGEST_TITLE), url=article.url)
    if article.published is None:
        return situation.say("press.line_undated", paper=article.paper, title=title)
    return situation.say(
        "press.line", paper=article.paper, date=situation.day(article.published, weekday=False), title=title
    )
