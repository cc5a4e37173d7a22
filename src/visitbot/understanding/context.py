"""What a chat was just about, so that "et Nausicaá ?" can be understood; kept in memory only, for minutes."""

from dataclasses import dataclass, replace

from visitbot.catalogue.model import Catalogue
from visitbot.understanding.request import Request, When

RECENT = 6
"""How many venues back "the other one" and "both" may reach."""

SMALL_TALK = frozenset({"greeting", "thanks", "help", "language", "out_of_scope"})
"""Intents that do not change what the chat is about."""
BESIDE = frozenset({"broadcast", "results", "about", "press", "next_season"})
"""Intents about the series, asked in passing: the venue and the day spoken of before still stand."""

SUBSCRIBED = frozenset({"subscribe", "unsubscribe"})
"""Orders of messages: of one venue's, or of all."""


@dataclass(frozen=True, slots=True)
class Context:
    """The thread of one chat."""

    intent: str | None = None
    """What was last wanted; an outside venue leaves it standing ("et Versailles ?" … "et Chambord ?")."""
    aside: bool = False
    """True when the last question was in passing, or an order about all messages: its venues are those of before."""
    venues: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    when: When | None = None
    shown: tuple[str, ...] = ()
    """Venues of the visit last asked for by its day ("le 3 juin" … "et ce musée, il rouvre quand ?")."""
    listed: tuple[str, ...] = ()
    """Venues last named together or listed for a place or kind, in order: "l'autre", "le second" choose from them."""
    ranked: bool = False
    """True when `listed` are the most viewed, best first."""
    recent: tuple[str, ...] = ()
    """Venues spoken of, the newest last."""
    language: str | None = None
    outside: bool = False
    """True when the last message was about a place that is not in the series."""
    choices: tuple[str, ...] = ()
    """Venues that were offered by a question back."""

    def after(
        self,
        requests: tuple[Request, ...],
        language: str,
        wanted: str | None,
        choices: tuple[str, ...],
        catalogue: Catalogue,
    ) -> "Context":
        """The thread after a message. `wanted` is the intent it would have had for a venue of the series."""
        turned = replace(self, language=language, choices=choices)
        topic = next((request for request in reversed(requests) if request.intent not in SMALL_TALK), None)
        if topic is None:
            if any(request.unknown_venue for request in requests):
                intent = wanted or self.intent
                return replace(turned, intent=intent, venues=(), places=(), kinds=(), shown=(), outside=True)
            return turned
        told = shown(requests, catalogue)
        spoken = [venue for request in requests for venue in request.venues]
        recent = tuple(dict.fromkeys(reversed((*self.recent, *told, *spoken))))[:RECENT][::-1]
        stands = topic.intent in BESIDE | SUBSCRIBED and not topic.venues
        listed = self._listed(topic, spoken, catalogue)
        return replace(
            turned,
            intent=topic.intent,
            aside=stands,
            venues=self.venues if stands else topic.venues,
            places=self.places if stands else topic.places,
            kinds=self.kinds if stands else topic.kinds,
            when=self.when if stands else topic.when,
            shown=self.shown if stands else told,
            listed=listed,
            ranked=listed == ranking(catalogue),
            recent=recent,
            outside=False,
        )

    def _listed(self, topic: Request, spoken: list[str], catalogue: Catalogue) -> tuple[str, ...]:
        if len(spoken) > 1:
            return tuple(dict.fromkeys(spoken))
        if topic.venues:
            joined = self.listed if topic.venues[0] in self.listed else (*self.venues, *topic.venues)
            return tuple(dict.fromkeys(joined))
        if topic.intent == "results":
            return ranking(catalogue)
        return venues_of(topic.places, topic.kinds, catalogue) or self.listed


def ranking(catalogue: Catalogue) -> tuple[str, ...]:
    """The most viewed venues of the newest series, as the catalogue orders them."""
    newest = max(catalogue.series, key=lambda series: series.start)
    return next((found.venues for found in newest.rankings if found.key == "views"), ())


def venues_of(places: tuple[str, ...], kinds: tuple[str, ...], catalogue: Catalogue) -> tuple[str, ...]:
    """The venues that places and kinds stand for; none when neither is given."""
    if not places and not kinds:
        return ()
    inside = {venue.id for place in places for venue in catalogue.venues_in(place)}
    return tuple(
        venue.id
        for venue in catalogue.venues.values()
        if (not places or venue.id in inside) and (not kinds or venue.kind in kinds)
    )


def shown(requests: tuple[Request, ...], catalogue: Catalogue) -> tuple[str, ...]:
    """The venues of the visits that were asked for by day or rank, as far as they are known for certain."""
    found: list[str] = []
    for request in requests:
        if request.intent != "visit" or request.when is None or request.venues:
            continue
        when = request.when
        if when.rank is None:
            found += [visit.venue for visit in catalogue.visits if visit.day and visit.day == when.start == when.end]
        elif when.rank in {"first", "last"}:
            newest = max(catalogue.series, key=lambda series: series.start)
            day = newest.start if when.rank == "first" else newest.end
            found += [visit.venue for visit in catalogue.visits if visit.day == day]
    return tuple(dict.fromkeys(found))
