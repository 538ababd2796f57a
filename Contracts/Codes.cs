namespace Platform.Contracts;

/// <summary>
/// Every code an answer may carry: a closed catalogue, shared with the texts of the web apps. A code is a promise to
/// clients and never changes meaning.
/// </summary>
public static class Codes
{
    // Done.
    public const string Ok = "OK";
    public const string BookingCreated = "BOOKING_CREATED";
    public const string BookingCancelled = "BOOKING_CANCELLED";
    public const string CategoryCreated = "CATEGORY_CREATED";
    public const string ResourceCreated = "RESOURCE_CREATED";
    public const string ServiceCreated = "SERVICE_CREATED";
    public const string BlackoutCreated = "BLACKOUT_CREATED";
    public const string CustomFieldCreated = "CUSTOM_FIELD_CREATED";
    public const string HolidaysCreated = "HOLIDAYS_CREATED";
    public const string ClientCreated = "CLIENT_CREATED";

    public const string BookingUpdated = "BOOKING_UPDATED";
    public const string BookingRescheduled = "BOOKING_RESCHEDULED";
    public const string BookingReassigned = "BOOKING_REASSIGNED";
    public const string HoldCreated = "HOLD_CREATED";
    public const string HoldRenewed = "HOLD_RENEWED";
    public const string HoldReleased = "HOLD_RELEASED";
    public const string SeriesCreated = "SERIES_CREATED";
    public const string SeriesUpdated = "SERIES_UPDATED";
    public const string SeriesCancelled = "SERIES_CANCELLED";
    public const string SeriesPartlyCancelled = "SERIES_PARTLY_CANCELLED";
    public const string WaitlistJoined = "WAITLIST_JOINED";
    public const string WaitlistLeft = "WAITLIST_LEFT";
    public const string BookingsImported = "BOOKINGS_IMPORTED";
    public const string ApplicationCreated = "APPLICATION_CREATED";
    public const string ApplicationRetired = "APPLICATION_RETIRED";
    public const string PricingCreated = "PRICING_CREATED";
    public const string PricingEnded = "PRICING_ENDED";
    public const string LicenseCreated = "LICENSE_CREATED";
    public const string LicenseUpdated = "LICENSE_UPDATED";
    public const string MonthClosed = "MONTH_CLOSED";
    public const string AdjustmentCreated = "ADJUSTMENT_CREATED";
    public const string AccessGranted = "ACCESS_GRANTED";
    public const string AccessRevoked = "ACCESS_REVOKED";
    public const string TenantCreated = "TENANT_CREATED";
    public const string TenantUpdated = "TENANT_UPDATED";
    public const string TenantImported = "TENANT_IMPORTED";
    public const string TenantTaskAccepted = "TENANT_TASK_ACCEPTED";
    public const string TenantOffboarded = "TENANT_OFFBOARDED";
    public const string TenantKept = "TENANT_KEPT";
    public const string TenantPurged = "TENANT_PURGED";
    public const string AddressCreated = "ADDRESS_CREATED";
    public const string ContactCreated = "CONTACT_CREATED";
    public const string UserCreated = "USER_CREATED";
    public const string UserInvited = "USER_INVITED";
    public const string InvalidMemberKind = "INVALID_MEMBER_KIND";
    public const string InvitationAccepted = "INVITATION_ACCEPTED";
    public const string UserUpdated = "USER_UPDATED";
    public const string UserActivated = "USER_ACTIVATED";
    public const string UserDeactivated = "USER_DEACTIVATED";
    public const string FactorsReset = "FACTORS_RESET";
    public const string SignUpAccepted = "SIGN_UP_ACCEPTED";
    public const string UserLocked = "USER_LOCKED";
    public const string UserUnlocked = "USER_UNLOCKED";
    public const string SessionsEnded = "SESSIONS_ENDED";
    public const string MailRetried = "MAIL_RETRIED";
    public const string MessageQueued = "MESSAGE_QUEUED";
    public const string MembershipCreated = "MEMBERSHIP_CREATED";
    public const string RoleCreated = "ROLE_CREATED";
    public const string RoleUpdated = "ROLE_UPDATED";
    public const string GroupCreated = "GROUP_CREATED";
    public const string GroupUpdated = "GROUP_UPDATED";
    public const string IdentityProviderUpdated = "IDENTITY_PROVIDER_UPDATED";
    public const string ServiceAccountCreated = "SERVICE_ACCOUNT_CREATED";
    public const string ServiceAccountUpdated = "SERVICE_ACCOUNT_UPDATED";
    public const string ApiKeyCreated = "API_KEY_CREATED";
    public const string ApiKeyRotated = "API_KEY_ROTATED";
    public const string ApiKeyRevoked = "API_KEY_REVOKED";
    public const string WebhookCreated = "WEBHOOK_CREATED";
    public const string WebhookSecretRotated = "WEBHOOK_SECRET_ROTATED";
    public const string WebhookQueued = "WEBHOOK_QUEUED";
    public const string OutsideCalendarCreated = "OUTSIDE_CALENDAR_CREATED";
    public const string OutsideCalendarPolled = "OUTSIDE_CALENDAR_POLLED";
    public const string DeadLetterReplayed = "DEAD_LETTER_REPLAYED";
    public const string DeadLetterDiscarded = "DEAD_LETTER_DISCARDED";

    // 400: malformed.
    public const string ValidationFailed = "VALIDATION_FAILED";
    public const string MalformedRequest = "MALFORMED_REQUEST";
    public const string TenantHeaderMissing = "TENANT_HEADER_MISSING";
    public const string TenantHeaderInvalid = "TENANT_HEADER_INVALID";

    // 401, 403, 404, 405, 413, 415, 429.
    public const string Unauthenticated = "UNAUTHENTICATED";
    public const string Forbidden = "FORBIDDEN";
    public const string TenantInactive = "TENANT_INACTIVE";
    public const string UserInactive = "USER_INACTIVE";
    public const string NotFound = "NOT_FOUND";
    public const string MethodNotAllowed = "METHOD_NOT_ALLOWED";
    public const string NotAcceptable = "NOT_ACCEPTABLE";
    public const string PayloadTooLarge = "PAYLOAD_TOO_LARGE";
    public const string UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE";
    public const string RateLimited = "RATE_LIMITED";

    // 409: a conflict with what is there.
    public const string BookingConflict = "BOOKING_CONFLICT";
    public const string BusyElsewhere = "BUSY_ELSEWHERE";
    public const string SlotHeld = "SLOT_HELD";
    public const string CapacityFull = "CAPACITY_FULL";
    public const string HoldExpired = "HOLD_EXPIRED";
    public const string HoldUsed = "HOLD_USED";
    public const string HoldMismatch = "HOLD_MISMATCH";
    public const string CancellationClosed = "CANCELLATION_CLOSED";
    public const string SeriesConflict = "SERIES_CONFLICT";
    public const string InvalidTransition = "INVALID_TRANSITION";
    public const string IdempotencyInProgress = "IDEMPOTENCY_IN_PROGRESS";
    public const string InUse = "IN_USE";
    public const string SignUpsClosed = "SIGN_UPS_CLOSED";
    public const string SignUpExpired = "SIGN_UP_EXPIRED";
    public const string AlreadyExists = "ALREADY_EXISTS";
    public const string ClientErased = "CLIENT_ERASED";
    public const string ClientMerged = "CLIENT_MERGED";
    public const string HasFutureBookings = "HAS_FUTURE_BOOKINGS";
    public const string GrantedByGroup = "GRANTED_BY_GROUP";
    public const string ApplicationNotLicensable = "APPLICATION_NOT_LICENSABLE";
    public const string SeatLimitReached = "SEAT_LIMIT_REACHED";
    public const string LimitBelowUsage = "LIMIT_BELOW_USAGE";
    public const string MonthNotOver = "MONTH_NOT_OVER";
    public const string MonthNotClosed = "MONTH_NOT_CLOSED";
    public const string PriceInUse = "PRICE_IN_USE";
    public const string InvalidTenantStatus = "INVALID_TENANT_STATUS";
    public const string ProvisioningInProgress = "PROVISIONING_IN_PROGRESS";
    public const string CoolingPeriod = "COOLING_PERIOD";
    public const string LastAdmin = "LAST_ADMIN";
    public const string InvitationClosed = "INVITATION_CLOSED";
    public const string SystemRole = "SYSTEM_ROLE";
    public const string RoleInUse = "ROLE_IN_USE";
    public const string ApiKeyEnded = "API_KEY_ENDED";
    public const string WebhookDisabled = "WEBHOOK_DISABLED";

    // 403 for access decisions, 409 for requests for a grant.
    public const string ApplicationInactive = "APPLICATION_INACTIVE";
    public const string LicenseNotFound = "LICENSE_NOT_FOUND";
    public const string LicenseNotStarted = "LICENSE_NOT_STARTED";
    public const string LicenseSuspended = "LICENSE_SUSPENDED";
    public const string LicenseExpired = "LICENSE_EXPIRED";
    public const string LicenseCancelled = "LICENSE_CANCELLED";
    public const string OverSeatLimit = "OVER_SEAT_LIMIT";
    public const string NoAccess = "NO_ACCESS";
    public const string RoleTooLow = "ROLE_TOO_LOW";

    // 412, 422: a rule says no.
    public const string VersionMismatch = "VERSION_MISMATCH";
    public const string OutsideAvailability = "OUTSIDE_AVAILABILITY";
    public const string BookingBegun = "BOOKING_BEGUN";
    public const string BookingEnded = "BOOKING_ENDED";
    public const string TooSoon = "TOO_SOON";
    public const string TooFar = "TOO_FAR";
    public const string LimitReached = "LIMIT_REACHED";
    public const string InvalidAnswers = "INVALID_ANSWERS";
    public const string ConsentRequired = "CONSENT_REQUIRED";
    public const string InvalidRecurrence = "INVALID_RECURRENCE";
    public const string TimeZoneMissing = "TIME_ZONE_MISSING";
    public const string UnknownTimeZone = "UNKNOWN_TIME_ZONE";
    public const string UnknownService = "UNKNOWN_SERVICE";
    public const string UnknownResource = "UNKNOWN_RESOURCE";
    public const string InvalidDuration = "INVALID_DURATION";
    public const string InvalidRange = "INVALID_RANGE";
    public const string RangeTooLong = "RANGE_TOO_LONG";
    public const string InvalidDate = "INVALID_DATE";
    public const string InvalidSchema = "INVALID_SCHEMA";
    public const string InvalidAttributes = "INVALID_ATTRIBUTES";
    public const string InvalidParent = "INVALID_PARENT";
    public const string InvalidRequirement = "INVALID_REQUIREMENT";
    public const string InvalidQuestion = "INVALID_QUESTION";
    public const string InvalidAmount = "INVALID_AMOUNT";
    public const string UnknownCurrency = "UNKNOWN_CURRENCY";
    public const string InvalidCustomField = "INVALID_CUSTOM_FIELD";
    public const string InvalidMetadata = "INVALID_METADATA";
    public const string TimeZoneImmutable = "TIME_ZONE_IMMUTABLE";
    public const string UnknownCountry = "UNKNOWN_COUNTRY";
    public const string NonexistentLocalTime = "NONEXISTENT_LOCAL_TIME";
    public const string NonexistentLocalDate = "NONEXISTENT_LOCAL_DATE";
    public const string IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED";
    public const string InvalidPhone = "INVALID_PHONE";
    public const string SameClient = "SAME_CLIENT";
    public const string InvalidFile = "INVALID_FILE";
    public const string InvalidIdentityProvider = "INVALID_IDENTITY_PROVIDER";
    public const string TooManyRows = "TOO_MANY_ROWS";
    public const string TooManySlots = "TOO_MANY_SLOTS";

    // Why a booking that was made before needs attention.
    public const string ServiceInactive = "SERVICE_INACTIVE";
    public const string ResourceInactive = "RESOURCE_INACTIVE";
    public const string BlackedOut = "BLACKED_OUT";
    public const string CapacityExceeded = "CAPACITY_EXCEEDED";
    public const string PricingOverlap = "PRICING_OVERLAP";
    public const string PricingNotConfigured = "PRICING_NOT_CONFIGURED";
    public const string UnknownUserType = "UNKNOWN_USER_TYPE";
    public const string UnknownRole = "UNKNOWN_ROLE";
    public const string UnknownPermission = "UNKNOWN_PERMISSION";
    public const string UnknownScope = "UNKNOWN_SCOPE";
    public const string UnknownApplication = "UNKNOWN_APPLICATION";
    public const string UnknownEventType = "UNKNOWN_EVENT_TYPE";
    public const string UrlNotAllowed = "URL_NOT_ALLOWED";
    public const string InvalidTemplate = "INVALID_TEMPLATE";
    public const string UnknownVariable = "UNKNOWN_VARIABLE";
    public const string LinkMissing = "LINK_MISSING";
    public const string NoAddress = "NO_ADDRESS";
    public const string ReservedSlug = "RESERVED_SLUG";
    public const string PrimaryRequired = "PRIMARY_REQUIRED";
    public const string ExportCorrupt = "EXPORT_CORRUPT";
    public const string ExportUnsupported = "EXPORT_UNSUPPORTED";

    // 5xx.
    public const string ProvisioningFailed = "PROVISIONING_FAILED";
    public const string Unavailable = "UNAVAILABLE";
    public const string InternalError = "INTERNAL_ERROR";
}
