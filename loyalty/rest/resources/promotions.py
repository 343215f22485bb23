"""Promotions: made, changed, their codes listed and printed, and letters that carry one each."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from loyalty.errors import Invalid
from loyalty.merchants import auditing
from loyalty.rest import code_sheets, letter_pages, named, pagination
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import promotions as rows
from loyalty.rest.rows import rewards as reward_rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import promotions as shapes
from members.segments import choosing
from members.segments.models import Segment
from rewards import catalogue
from rewards.promotions import letters, making
from rewards.promotions.models import LetterRun, Promotion, PromotionCode, PromotionUse

LIMITS = ("usage_limit", "per_member", "members_only", "starts_at", "ends_at")


class PromotionList(Resource):
    @operation(
        "List promotions, the newest first", scope="read", answers={200: shapes.Promotions}, pages=True
    )
    def get(self, request):
        page, following = pagination.page(self.query, Promotion.objects.all())
        return answer(shapes.Promotions(data=rows.promotions(page), next_cursor=following))

    @operation(
        "Make a promotion with a shared code, or with single-use codes: up to 1,000 at once, more by a job",
        scope="admin", takes=shapes.NewPromotion, answers={201: shapes.MadePromotion},
    )  # fmt: skip
    def post(self, request):
        body = self.body(shapes.NewPromotion)
        if (body.code is None) == (body.count is None):
            raise Invalid({"code": [_("Send either code or count.")]})
        limits = {name: getattr(body, name) for name in LIMITS}
        promotion, codes, job = making.make(
            reward=_reward(body), code=body.code, count=body.count, name=body.name, actor=self.actor,
            result_url=rows.codes_url, **limits,
        )  # fmt: skip
        auditing.record(self.actor, "promotion.made", promotion.public_id, count=body.count)
        return answer(rows.made(promotion, codes, job), 201)


class PromotionDetail(Resource):
    @operation("Read a promotion", scope="read", answers={200: shapes.Promotion})
    def get(self, request, promotion_id):
        return answer(rows.promotions([_promotion(promotion_id)])[0])

    @operation(
        "Change a promotion, or end it", scope="admin", takes=shapes.ChangedPromotion,
        answers={200: shapes.Promotion},
    )  # fmt: skip
    def patch(self, request, promotion_id):
        body, promotion = self.body(shapes.ChangedPromotion), _promotion(promotion_id)
        changed = making.change(promotion, **{name: getattr(body, name) for name in body.model_fields_set})
        auditing.record(self.actor, "promotion.changed", changed.public_id)
        return answer(rows.promotions([changed])[0])


class PromotionCodes(Resource):
    @operation(
        "List the single-use codes of a promotion, the newest first", scope="read",
        answers={200: shapes.PromotionCodes}, pages=True,
    )  # fmt: skip
    def get(self, request, promotion_id):
        codes = PromotionCode.objects.filter(promotion=_promotion(promotion_id)).select_related("voucher")
        page, following = pagination.page(self.query, codes)
        return answer(shapes.PromotionCodes(data=[rows.code(row) for row in page], next_cursor=following))


class PromotionUses(Resource):
    @operation(
        "List the uses of a promotion, the latest first", scope="read", answers={200: shapes.PromotionUses},
        pages=True,
    )  # fmt: skip
    def get(self, request, promotion_id):
        uses = PromotionUse.objects.filter(promotion=_promotion(promotion_id))
        page, following = pagination.page(self.query, uses.select_related("promotion", "voucher"))
        return answer(shapes.PromotionUses(data=[rows.use(row) for row in page], next_cursor=following))


class PromotionCsv(Resource):
    @operation(
        "All codes of a promotion, as CSV for the printer", scope="read", answers={(200, "text/csv"): str}
    )
    def get(self, request, promotion_id):
        promotion = _promotion(promotion_id)
        content = code_sheets.csv_of(_codes(promotion).iterator(chunk_size=10_000))
        return file(content, "text/csv; charset=utf-8", f"{promotion.public_id}.csv")


class PromotionSheet(Resource):
    @operation(
        "Labels with QR code and code, to print on A4 (3 by 8)", scope="read",
        answers={(200, "application/pdf"): bytes},
        query={"page": f"Which {code_sheets.CODES_A_FILE} of the codes: 1 is the first."},
    )  # fmt: skip
    def get(self, request, promotion_id):
        promotion = _promotion(promotion_id)
        page = code_sheets.page(self.query.get("page", "1"))
        worth = (promotion.reward.name, promotion.ends_at)
        content = code_sheets.labels(_codes(promotion), page, promotion.name, *worth)
        return file(content, "application/pdf", f"{promotion.public_id}-{page}.pdf")


class PromotionLetters(Resource):
    @operation(
        "List the letters of a promotion, the newest first", scope="read", answers={200: shapes.LetterRuns},
        pages=True,
    )  # fmt: skip
    def get(self, request, promotion_id):
        runs = LetterRun.objects.filter(promotion=_promotion(promotion_id))
        page, following = pagination.page(self.query, runs)
        return answer(shapes.LetterRuns(data=rows.letter_runs(page), next_cursor=following))

    @operation(
        "Write a letter with a personal code to each of these guests; more than 50 by a job", scope="admin",
        takes=shapes.NewLetters, answers={201: shapes.LetterRun},
    )  # fmt: skip
    def post(self, request, promotion_id):
        body, promotion = self.body(shapes.NewLetters), _promotion(promotion_id)
        run, _job = letters.write(
            promotion, text=body.text.model_dump(exclude_none=True), member_ids=letters.active(_members(body)),
            result_url=rows.pages_url, actor=self.actor,
        )  # fmt: skip
        auditing.record(self.actor, "letters.written", run.public_id, count=run.count)
        return answer(rows.letter_runs([run])[0], 201)


class LetterDetail(Resource):
    @operation("Read how far letters are", scope="read", answers={200: shapes.LetterRun})
    def get(self, request, promotion_id, run_id):
        return answer(rows.letter_runs([_run(promotion_id, run_id)])[0])


class LetterPages(Resource):
    @operation(
        "The letters, a page each, to be signed by hand", scope="read",
        answers={(200, "application/pdf"): bytes},
        query={"page": f"Which {letter_pages.LETTERS_A_FILE} of the letters: 1 is the first."},
    )  # fmt: skip
    def get(self, request, promotion_id, run_id):
        run = _run(promotion_id, run_id)
        page = code_sheets.page(self.query.get("page", "1"))
        return file(letter_pages.pdf(run, page), "application/pdf", f"{run.public_id}-{page}.pdf")


def file(content, content_type, name):
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _promotion(public_id):
    return Promotion.objects.by_public_id(Promotion.prefix, public_id)


def _run(promotion_id, run_id):
    runs = LetterRun.objects.filter(promotion=_promotion(promotion_id))
    return runs.by_public_id(LetterRun.prefix, run_id)


def _reward(body):
    """The reward that a body names, or makes: not for points, and in no list of what points buy."""
    if isinstance(body.reward, str):
        return named.reward(body.reward)
    return catalogue.create_reward(**reward_rows.columns(body.reward), unlocked_only=True)


def _codes(promotion):
    codes = PromotionCode.objects.filter(promotion=promotion).order_by("id")
    return codes.values_list("voucher__code", flat=True)


def _members(body):
    """Ids of members, in the order given."""
    if (body.members is None) == (body.segment is None):
        raise Invalid({"members": [_("Send either members or segment.")]})
    if body.segment is not None:
        segment = Segment.objects.by_public_id("seg", body.segment)
        return (
            choosing.members_of(segment)
            .order_by("name", "id")
            .values_list("id", flat=True)[: letters.MOST + 1]
        )
    return [named.member_in_path(public_id).id for public_id in body.members]
