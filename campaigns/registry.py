"""All campaigns by name: what waits in the database finds its writer here."""

from campaigns import confirming, gifts, monthly_summary, sign_in_code, triggers
from campaigns.campaign import Campaign

BY_NAME: dict[str, Campaign] = {
    campaign.name: campaign
    for campaign in (
        *triggers.ALL,
        monthly_summary.CAMPAIGN,
        confirming.CAMPAIGN,
        sign_in_code.CAMPAIGN,
        gifts.OFFER,
        gifts.THANKS,
    )
}
PROMOTIONAL = [campaign.name for campaign in BY_NAME.values() if campaign.is_promotional]
