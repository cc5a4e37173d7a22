"""The venues themselves: which take part, what and where each is, what a visitor can be told in practice."""

from collections.abc import Sequence
from dataclasses import replace

from visitbot.answering.answer import Answer, Paragraph
from visitbot.answering.phrases import Value
from visitbot.answering.situation import Situation, host, sentences, shortened
from visitbot.catalogue.model import Condition, Venue
from visitbot.understanding.request import Request

MOST_TOLD = 3
"""More venues than this are listed by name instead of told one by one."""
LONGEST_DESCRIPTION = 200
LONGEST_CONDITION = 120
TOPICS = {"price": "price", "booking": "booking", "hours": "hours", "mask": "mask", "tours": "tours"}
"""The practical aspects on which reopening conditions can say something → the topic of such a condition."""
NEAR = {"price": "booking"}
"""Where nothing is known, the topic that may help all the same: tickets, without a price."""


def venues(request: Request, situation: Situation) -> Answer:
    """Which venues take part, all or by place and kind, and how many."""
    chosen = situation.chosen(request)
    series = situation.series()
    known = len(situation.catalogue.venues)
    count: dict[str, Value] = {"count": known, "stages": series.stages if series else known}
    if not chosen:
        return situation.none_such(request, "schedule")
    narrowed = bool(request.places or request.kinds or request.without or request.without_places)
    steps = (situation.ask("visit", chosen[0]), *(situation.ask("reopening", venue) for venue in chosen[:2]))
    if request.venues and not request.places:
        if len(chosen) == 1:
            return situation.reply(_member(chosen[0], situation), actions=steps)
        all_of_them = situation.phrases.join([_with_city(situation.label(venue), venue, situation) for venue in chosen])
        return situation.reply(situation.say("venues.members", names=all_of_them), actions=steps)
    if request.aspect == "count" and not narrowed:
        steps = (situation.ask("venues"), situation.ask("schedule"))
        return situation.reply(situation.say("venues.count", **count), actions=steps)
    names: list[Value] = [_with_city(situation.text(venue.name), venue, situation) for venue in chosen]
    if narrowed:
        key = "venues.some" if len(chosen) > 1 else "venues.some_one"
        title = situation.say(key, scope=situation.scope(request, len(chosen)), number=len(chosen))
        return situation.reply(situation.listed(title, names), actions=steps)
    rest = situation.say("venues.unnamed", **count) if known < int(str(count["stages"])) else ()
    steps = (situation.ask("reopenings"), situation.ask("schedule"), *situation.open_page(series))
    return situation.reply(situation.listed(situation.say("venues.all", **count), names), rest, actions=steps)


def venue_info(request: Request, situation: Situation) -> Answer:
    """Where a venue is, its site, what it is."""
    chosen = situation.chosen(request)
    if not (request.venues or request.places or request.kinds) or not chosen:
        return which(situation)
    if len(chosen) > MOST_TOLD:
        return venues(request, situation)
    short = replace(situation, brief=situation.brief or len(chosen) > 1)
    told = [paragraph for venue in chosen for paragraph in _card(venue, request.aspect, short)]
    first = chosen[0]
    wants_map = len(chosen) == 1 and request.aspect in (None, "address")
    return situation.reply(
        *told,
        actions=(
            *situation.open_site(first), *situation.on_map(first), situation.ask("reopening", first),
            situation.ask("visit", first),
        ),
        pin=situation.pin(first) if wants_map else None,
    )  # fmt: skip


def practical(request: Request, situation: Situation) -> Answer:
    """Tickets, hours, access: what the reopening conditions say, and the venue's own site for the rest."""
    chosen = situation.chosen(request)
    if not (request.venues or request.places or request.kinds) or not chosen:
        return which(situation)
    if len(chosen) > MOST_TOLD:
        sites: list[Value] = [_site_line(venue, situation) for venue in chosen]
        listed = situation.listed(situation.say("practical.sites"), sites)
        return situation.reply(listed, actions=(situation.ask("venues"),))
    short = replace(situation, brief=situation.brief or len(chosen) > 1)
    told = [paragraph for venue in chosen for paragraph in _practical(venue, request.aspect, short)]
    first = chosen[0]
    actions = (*situation.open_site(first), situation.ask("reopening", first), *situation.on_map(first))
    return situation.reply(*told, actions=(*actions, *situation.follow(first)))


def which(situation: Situation) -> Answer:
    """The question lacks its venue: ask for it."""
    steps = tuple(situation.ask("about_venue", venue) for venue in list(situation.catalogue.venues.values())[:2])
    return situation.reply(situation.say("venues.which"), actions=(situation.ask("venues"), *steps))


def _member(venue: Venue, situation: Situation) -> Paragraph:
    city = situation.local(venue.city)
    if city.casefold() in situation.label(venue).casefold():
        return situation.about(venue, "venues.member")
    return situation.about(venue, "venues.member_in", city=city)


def _with_city(name: str, venue: Venue, situation: Situation) -> str:
    """A name of a venue, with its city where the name does not tell it."""
    city = situation.local(venue.city)
    if city.casefold() in name.casefold():
        return name
    return situation.phrases.plain("venues.line", name=name, city=city)


def _card(venue: Venue, aspect: str | None, situation: Situation) -> list[Paragraph]:
    # The catalogue writes "Côte-d'Or" as registers do; a sentence takes the typographic apostrophe.
    city, department, region = (
        situation.local(word).replace("'", "’") for word in (venue.city, venue.department, venue.region)
    )
    where = situation.about(venue, "info.where", city=city, department=department, region=region)
    site = situation.site(venue, "info.site")
    text = shortened(situation.text(venue.description), LONGEST_DESCRIPTION).rstrip(".")
    what = situation.about(venue, "info.what", text=text)
    if aspect == "address":
        return [sentences([where, situation.say("info.no_street")]), site]
    if aspect == "site":
        return [site]
    if aspect == "contact":
        return [sentences([situation.say("info.no_contact"), site])]
    if aspect == "what":
        return [what, site]
    # What came later is not told before its time.
    known = venue.notes_since is None or situation.has_begun(venue.notes_since)
    note = situation.own(venue.notes) if known else ""
    remark = situation.say("info.note", text=note) if note and not situation.brief else ()
    return [what, remark, where, site]


def _practical(venue: Venue, aspect: str | None, situation: Situation) -> list[Paragraph]:
    """What the conditions of 2020 say on the topic, each with its source; then the site."""
    parts = situation.catalogue.reopenings_of(venue.id)
    known = [condition for part in parts for condition in part.conditions]
    lines = _conditions([one for one in known if TOPICS.get(aspect, "") in one.topics] if aspect else known, situation)
    key = f"practical.topic.{aspect or 'any'}"
    label = situation.phrases.plain(key if key in situation.phrases else "practical.topic.any")
    if not lines:
        near = _conditions([one for one in known if NEAR.get(aspect or "") in one.topics], situation)
        nothing = situation.about(venue, "practical.nothing", topic=label)
        if not near:
            return [sentences([nothing, situation.site(venue, "practical.site")])]
        title = sentences([nothing, situation.say("practical.near")])
        return [situation.listed(title, near), situation.site(venue, "practical.check")]
    year = max((part.day.year for part in parts if part.day), default=situation.today.year)
    old = year < situation.today.year
    title = situation.about(venue, "practical.known_old" if old else "practical.known", topic=label, year=year)
    return [situation.listed(title, lines), situation.site(venue, "practical.check")]


def _conditions(conditions: Sequence[Condition], situation: Situation) -> list[Value]:
    """The first few, each with its source."""
    return [
        situation.say(
            "practical.line",
            text=shortened(situation.text(one.text), LONGEST_CONDITION),
            source=situation.source_of(one),
        )
        for one in conditions[: 2 if situation.brief else MOST_TOLD]
    ]


def _site_line(venue: Venue, situation: Situation) -> Paragraph:
    name = situation.text(venue.name)
    if venue.site is None:
        return situation.say("practical.site_line_none", name=name)
    return situation.say("practical.site_line", name=name, host=host(venue.site), url=venue.site)
