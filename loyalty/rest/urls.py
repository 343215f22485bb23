"""The paths of the API. A trailing slash is accepted on each of them."""

from django.urls import re_path

from loyalty.rest.docs import Docs, OpenApi
from loyalty.rest.resources import (
    adjustments,
    codes,
    exports,
    gift_cards,
    jobs,
    members,
    merchants,
    messages,
    moving,
    programs,
    purchases,
    rewards,
    sandbox,
    segments,
)

app_name = "rest"
PARAMETER = r"(?P<{}>[^/]+)"


def v1(path, view, name):
    """`v1("api-keys/{key_id}", …)`: a path below /api/v1, with and without its trailing slash."""
    parts = [PARAMETER.format(part[1:-1]) if part.startswith("{") else part for part in path.split("/")]
    return re_path(f"^v1/{'/'.join(parts)}/?$", view.as_view(), name=name)


urlpatterns = [
    re_path(r"^v1/openapi\.json/?$", OpenApi.as_view(), name="openapi"),
    re_path(r"^docs/?$", Docs.as_view(), name="docs"),
    v1("programs", programs.ProgramList, "programs"),
    v1("programs/{program_id}", programs.ProgramDetail, "program"),
    v1("programs/{program_id}/explanation", programs.ProgramExplanation, "program-explanation"),
    v1("programs/{program_id}/rules", programs.RuleList, "rules"),
    v1("programs/{program_id}/rules/{rule_id}", programs.RuleDetail, "rule"),
    v1("programs/{program_id}/codes", codes.ProgramCodes, "program-codes"),
    v1("code-batches/{batch_id}", codes.BatchDetail, "code-batch"),
    v1("code-batches/{batch_id}/codes", codes.BatchCodes, "code-batch-codes"),
    v1(r"code-batches/{batch_id}/codes\.csv", codes.BatchCsv, "code-batch-csv"),
    v1(r"code-batches/{batch_id}/sheet\.pdf", codes.BatchSheet, "code-batch-sheet"),
    v1("jobs", jobs.JobList, "jobs"),
    v1("jobs/{job_id}", jobs.JobDetail, "job"),
    v1("members", members.MemberList, "members"),
    v1("members/batch", members.MemberBatch, "members-batch"),
    v1("members/lookup", members.MemberLookup, "members-lookup"),
    v1("members/{member_id}", members.MemberDetail, "member"),
    v1("members/{member_id}/entries", members.MemberEntries, "member-entries"),
    v1("members/{member_id}/codes", codes.MemberCodes, "member-codes"),
    v1("members/{member_id}/events", codes.MemberEvents, "member-events"),
    v1("members/{member_id}/vouchers", members.MemberVouchers, "member-vouchers"),
    v1("members/{member_id}/gift-cards", gift_cards.MemberGiftCards, "member-gift-cards"),
    v1("members/{member_id}/adjustments", adjustments.MemberAdjustments, "member-adjustments"),
    v1("members/{member_id}/transfers", moving.MemberTransfers, "member-transfers"),
    v1("members/{member_id}/merge", moving.MemberMerge, "member-merge"),
    v1("adjustments", adjustments.AdjustmentList, "adjustments"),
    v1("adjustments/{adjustment_id}", adjustments.AdjustmentDetail, "adjustment"),
    v1("adjustments/{adjustment_id}/approval", adjustments.AdjustmentApproval, "adjustment-approval"),
    v1("adjustments/{adjustment_id}/refusal", adjustments.AdjustmentRefusal, "adjustment-refusal"),
    v1("members/{member_id}/export", exports.MemberExport, "member-export"),
    v1("members/{member_id}/erasure", members.MemberErasure, "member-erasure"),
    v1("purchases", purchases.PurchaseList, "purchases"),
    v1("purchases/preview", purchases.PurchasePreview, "purchases-preview"),
    v1("purchases/batch", purchases.PurchaseBatch, "purchases-batch"),
    v1("purchases/{purchase_id}", purchases.PurchaseDetail, "purchase"),
    v1("purchases/{purchase_id}/refunds", purchases.PurchaseRefunds, "refunds"),
    v1("purchases/{purchase_id}/refunds/{refund_id}", purchases.RefundDetail, "refund"),
    v1("rewards", rewards.RewardList, "rewards"),
    v1("rewards/{reward_id}", rewards.RewardDetail, "reward"),
    v1("redemptions", rewards.RedemptionList, "redemptions"),
    v1("redemptions/{redemption_id}", rewards.RedemptionDetail, "redemption"),
    v1("redemptions/{redemption_id}/cancellation", rewards.RedemptionCancellation, "redemption-cancellation"),
    v1("vouchers", rewards.VoucherList, "vouchers"),
    v1("vouchers/{code}", rewards.VoucherDetail, "voucher"),
    v1("vouchers/{code}/redemption", rewards.VoucherRedemption, "voucher-redemption"),
    v1("vouchers/{code}/void", rewards.VoucherVoid, "voucher-void"),
    v1("gift-cards", gift_cards.GiftCardList, "gift-cards"),
    v1("gift-cards/{code}", gift_cards.GiftCardDetail, "gift-card"),
    v1("gift-cards/{code}/charges", gift_cards.GiftCardCharges, "gift-card-charges"),
    v1("gift-cards/{code}/top-ups", gift_cards.GiftCardTopUps, "gift-card-top-ups"),
    v1("gift-cards/{code}/refunds", gift_cards.GiftCardRefunds, "gift-card-refunds"),
    v1("gift-cards/{code}/entries", gift_cards.GiftCardEntries, "gift-card-entries"),
    v1("gift-cards/{code}/void", gift_cards.GiftCardVoid, "gift-card-void"),
    v1("messages", messages.MessageList, "messages"),
    v1("messages/{message_id}", messages.MessageDetail, "message"),
    v1("segments", segments.SegmentList, "segments"),
    v1("segments/preview", segments.SegmentPreview, "segments-preview"),
    v1("segments/{segment_id}", segments.SegmentDetail, "segment"),
    v1("segments/{segment_id}/members", segments.SegmentMembers, "segment-members"),
    v1("test-clock", sandbox.Clock, "test-clock"),
    v1("api-keys", merchants.ApiKeyList, "api-keys"),
    v1("api-keys/{key_id}", merchants.ApiKeyDetail, "api-key"),
    v1("api-keys/{key_id}/revocation", merchants.ApiKeyRevocation, "api-key-revocation"),
    v1("locations", merchants.LocationList, "locations"),
    v1("locations/{location_id}", merchants.LocationDetail, "location"),
    v1("staff", merchants.StaffList, "staff"),
    v1("staff/{staff_id}", merchants.StaffDetail, "staff-member"),
    v1("events", merchants.EventList, "events"),
    v1("events/{event_id}", merchants.EventDetail, "event"),
]
