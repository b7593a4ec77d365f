"""The few sentences that the edge says by itself: before the desk is asked, or where there is no room."""

# To whoever sent a request that does not come in: read by the operator, in the platform's or a proxy's log.
TURNED = {
    "unsigned": "This request is not signed.",
    "stale": "This request's time and this machine's clock differ by more than five minutes.",
    "forged": "This signature is not the one we expect.",
    "size": "This request is too large.",
    "slow": "This request took too long to arrive.",
    "gone": "This request broke off.",
    "media": "This kind of content is not read here.",
    "text": "This request is not UTF-8 text.",
    "form": "This form cannot be read.",
    "json": "This JSON cannot be read.",
    "shape": "This request lacks something it needs.",
    "kind": "This kind of request is not answered here.",
    "tenant": "This workspace is not the one this installation serves.",
    "again": "This request was answered before.",
    "broken": "Something went wrong here. Please try again.",
}

# In a window that cannot show the whole of a long case.
REST = "This window has no room for the rest ({count} more parts). Nothing is lost: it is kept with the case."
# In a list that holds only so many.
OTHERS = "There is no room here for {count} more. Each of them has a message of its own in this chat, further up."
# The button to the next page of a long case, where a window holds only so much; and beside an empty box.
READ_ON = "Read on"
REQUIRED = "Please answer this question."
