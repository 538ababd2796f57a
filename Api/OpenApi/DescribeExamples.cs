using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Contracts;
using Platform.Contracts.ApiKeys;
using Platform.Contracts.Audit;
using Platform.Contracts.Billing;
using Platform.Contracts.Bookings;
using Platform.Contracts.Calendars;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Clients;
using Platform.Contracts.Licensing;
using Platform.Contracts.Messages;
using Platform.Contracts.People;
using Platform.Contracts.Reports;
using Platform.Contracts.Tenants;
using Platform.Contracts.Webhooks;

namespace Platform.Api.OpenApi;

/// <summary>Shows what a request may look like. Examples are records, so that they compile or are wrong.</summary>
internal sealed class DescribeExamples : IOpenApiSchemaTransformer
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly RowStamps Made = new(Monday.AddDays(-3), "user:11", Monday.AddDays(-3), "user:11");
    private static readonly ClientDetails Ada = new("Ada Lovelace", "ada@example.com", "+5511987654321", "pt-BR");

    private static readonly Moment MondayAtNine = new(null, new DateTime(2026, 11, 23, 9, 0, 0));

    private static readonly OpeningRule Weekdays =
        new(["monday", "tuesday", "wednesday", "thursday", "friday"], "09:00", "17:00");
    private static readonly ServiceLimits Limits = new(PerDay: 12, PerClient: 2);
    private static readonly CancellationPolicy Cancellation = new(1440, new(50, "BRL"));
    private static readonly CheckInPolicy CheckIn = new(30, 15);
    private static readonly Money Price = new(250, "BRL");
    private static readonly ServiceQuestion Question = new("reason", "What brings you here?", Required: true);
    private static readonly ServiceRequirement Doctor = new(ResourceIds: [1, 2], Assignment: "client");
    private static readonly ServiceRequirement Room = new(CategoryId: 2, Attributes: Json("""{ "sink": true }"""));

    private static readonly BookingResponse Booking = new(
        1000, "019a8f0e-5a7e-7cc4-9d1c-3f6a1b2c4d5e", 1, "Consulta", Monday, Monday.AddMinutes(30), "America/Sao_Paulo",
        BookingStatuses.Confirmed, [new(1, "Dra. Helena Prado")], new(1000, "Ada Lovelace", "ada@example.com"), null, 1,
        AfterBufferMinutes: 10, Price: Price, Source: BookingSources.Staff)
    { Stamps = Made };

    private static readonly ClientResponse Client = new(
        1000, "Ada Lovelace", "ada@example.com", "+5511987654321", "pt-BR", "America/Sao_Paulo",
        Json("""{ "insurance": "public" }"""), null, null, 1)
    { Stamps = Made };

    private static readonly object[] OfBookings =
    [
        new CreateBookingRequest(1, Monday, "America/Sao_Paulo", 30, Client: Ada, Note: "First visit"),
        new CreateHoldRequest(1, Monday, "America/Sao_Paulo", 30),
        new UpdateBookingRequest("Brings last year's papers"),
        new RescheduleBookingRequest(Monday.AddDays(1), Reason: "The client asked"),
        new ReassignBookingRequest([2]),
        new CancelBookingRequest("Ill"),
        new RejectBookingRequest("We are closed that week"),
        new NoShowRequest(Undo: true),
        new CreateSeriesRequest(
            1, MondayAtNine, "FREQ=WEEKLY;BYDAY=MO;COUNT=8", "America/Sao_Paulo", Client: Ada, SkipConflicts: true),
        new UpdateSeriesRequest(new Moment(null, new DateTime(2026, 11, 23, 10, 0, 0))),
        new CancelSeriesRequest("following", MondayAtNine, "Moves away"),
        new JoinWaitlistRequest(1, Monday, Monday.AddDays(5), "America/Sao_Paulo", Client: Ada),
        new PublicBookingRequest(
            1, Monday, new("Ada Lovelace", "ada@example.com", "+5511987654321", "pt-BR"), Consent: true,
            TimeZone: "America/Sao_Paulo"),
        new PublicHoldRequest(1, Monday, "America/Sao_Paulo"),
        new PublicWaitlistRequest(
            1, Monday, Monday.AddDays(5), new("Ada Lovelace", "ada@example.com"), Consent: true,
            TimeZone: "America/Sao_Paulo"),
        new PublicCancelRequest("Ill"),
        new PublicRescheduleRequest(Monday.AddDays(1), "America/Sao_Paulo"),
        Booking,
        new AttentionResponse(Booking, [new(Codes.OutsideAvailability, "Dra. Helena Prado is not open then.", 1)]),
        new ImportReport(
            false, 2, 1, 0, 1, [],
            [
                new(1, 2, ImportStatuses.Imported, "A-1", 1000),
                new(2, 3, ImportStatuses.Refused, "A-2", null, Codes.BookingConflict, null, "That time has been taken."),
            ],
            0),
        new SlotResponse(Monday, Monday.AddMinutes(30), [1, 2], 2),
        new WaitlistResponse(
            1000, 1, new(1000, "Ada Lovelace", "ada@example.com"), null, Monday, Monday.AddDays(5), "America/Sao_Paulo", 1,
            WaitlistStatuses.Waiting, null, null, 1) { Stamps = Made },
    ];

    private static readonly object[] OfCatalogue =
    [
        new CreateCategoryRequest("Rooms", Json("""{ "properties": { "sink": { "type": "boolean", "required": true } } }""")),
        new ChangeCategoryRequest { Name = "Treatment rooms" },
        new CategoryResponse(2, "Rooms", Json("""{ "properties": { "sink": { "type": "boolean", "required": true } } }"""), 1)
        {
            Stamps = Made,
        },
        new CreateResourceRequest(2, "Room 1", 1, TimeZone: "America/Sao_Paulo", Attributes: Json("""{ "sink": true }""")),
        new ChangeResourceRequest { Capacity = 2, TimeZone = (string?)null },
        new ResourceResponse(
            3, "Room 1", 2, "Rooms", 1, "America/Sao_Paulo", true, null, "America/Sao_Paulo", Json("""{ "sink": true }"""), 1)
        {
            Stamps = Made,
        },
        new PutScheduleRequest([Weekdays], "America/Sao_Paulo"),
        new ScheduleResponse(3, true, "America/Sao_Paulo", "America/Sao_Paulo", [Weekdays], 1),
        new PutOverrideRequest([new("09:00", "12:00")]),
        new OverrideResponse(3, new(2026, 12, 24), [new("09:00", "12:00")]) { Stamps = Made },
        new CreateBlackoutRequest(Monday, Monday.AddDays(1), ResourceId: 3, Reason: "Painting"),
        new BlackoutResponse(1000, 3, null, Monday, Monday.AddDays(1), "Painting", null) { Stamps = Made },
        new CreateServiceRequest(
            "Consulta", [30, 60], "A first visit", AfterBufferMinutes: 10, MinimumNoticeMinutes: 60, BookingWindowDays: 90,
            Limits: Limits, Cancellation: Cancellation, CheckIn: CheckIn, Price: Price, Questions: [Question],
            Requirements: [Doctor, Room], Public: true),
        new ChangeServiceRequest { AfterBufferMinutes = 15, Price = (Money?)null },
        new ServiceResponse(
            1, "Consulta", "A first visit", [30, 60], 0, 10, null, 60, 90, Price, [1, 2], true, "fixed", 1, false, Limits,
            Cancellation, CheckIn, [Question], [Doctor, Room], true, 1) { Stamps = Made },
        new CreateCustomFieldRequest("client", "insurance", "Insurance", "choice", Choices: ["public", "private"]),
        new ChangeCustomFieldRequest { Required = true },
        new CustomFieldResponse(1000, "client", "insurance", "Insurance", "choice", false, ["public", "private"], 0, 1) { Stamps = Made },
        new ChangeSettingsRequest { WeekStart = "sunday", HoldMinutes = 10 },
        new SettingsResponse(
            "Clínica Aurora", "America/Sao_Paulo", "pt-BR", "BRL", "monday", 30, 60, 90, 5, 3, [Weekdays], 1) { Stamps = Made },
        new Branding("#0F4C81", "#F2F2F2", "#5ED6CE", "https://example.com/logo.svg", FontFamily: "Montserrat"),
        new Labels(Resource: new("Professional", "Professionals"), Booking: new("Appointment", "Appointments")),
        new BookingPage(
            "Aurora Serviços Médicos Ltda", "https://aurora.example/privacidade", ContactPhone: "+55 11 3000-0000",
            Place: "Avenida Paulista 1000", FrameOrigins: ["https://www.aurora.example"]),
        new CreateHolidaysRequest("BR", [2026, 2027]),
        new HolidayResponse("BR", new(2026, 12, 25), "Natal", 1001),
        new CreateFeedRequest(Details: true),
        new FeedResponse(3, "AAAAAAAAAAE.q3J0bGVk", "/public/api/v1/feeds/AAAAAAAAAAE.q3J0bGVk.ics", true),
        new PersonFeedResponse(true, false, "AAAAAAAAAAE.q3J0bGVk", "/public/api/v1/feeds/AAAAAAAAAAE.q3J0bGVk.ics"),
        new CreateOutsideCalendarRequest(
            "Google of Dra. Helena", "https://calendar.google.com/calendar/ical/helena%40aurora.example/private-0123/basic.ics"),
        new OutsideCalendarResponse(
            1000, 3, CalendarKinds.Ics, "Google of Dra. Helena", "https://calendar.google.com/…/basic.ics", Monday, Monday,
            null, 12, 0, Monday.AddMinutes(5), 0, 0, 1) { Stamps = Made },
    ];

    private static readonly object[] OfClientsAndReports =
    [
        new CreateClientRequest(
            "Ada Lovelace", "ada@example.com", "+55 11 98765-4321", "pt-BR", "America/Sao_Paulo",
            Json("""{ "insurance": "public" }""")),
        new UpdateClientRequest { Phone = "+5511912345678", TimeZone = (string?)null },
        new MergeClientRequest(1001),
        Client,
        new ClientDuplicates([DuplicateReasons.Phone], [Client, Client with { Id = 1001, Name = "A. Lovelace", Email = null }]),
        new UtilisationRow(1, "Dra. Helena Prado", 1, 2400, 1200, 1400, 0.5m),
        new BookingsRow("1", "Consulta", 40, 3, 1, 1200),
        new LeadTimesRow("1", "Consulta", 37, 4320, 2880),
        new NoShowsRow("1", "Consulta", 37, 1, 0.027m),
        new RevenueRow("1", "Consulta", 37, new(9250, "BRL"), new(100, "BRL")),
    ];

    private static readonly object[] OfLicensing =
    [
        new CreateApplicationRequest("surveys", "Surveys", "What clients say afterwards"),
        new ChangeApplicationRequest { Name = "Customers", Description = (string?)null },
        new ApplicationResponse(
            1, "tq", "Transcription Quote", null, true, 1, true, "https://tq.example/", Monday, null, Monday, "user:1"),
        new SchedulePriceRequest(UserTypes.Manager, 55m, Monday, "BRL", BillingCycles.Monthly, Supersede: true),
        new ChangePriceRequest { Price = 60m, ValidTo = (DateTimeOffset?)null },
        new EndPriceRequest(Monday.AddMonths(1)),
        new VerifyAuditRequest(1000, AuditChainNames.Access),
        new CreateAdjustmentRequest(1000, "2026-10", new(-35m, "BRL"), "A seat was billed twice", "tq"),
        new BillingLine("tq", UserTypes.Manager, BillingCycles.Monthly, 3, new(55m, "BRL"), new(165m, "BRL")),
        new PriceResponse(
            1, 1, UserTypes.Manager, 55m, "BRL", BillingCycles.Monthly, Monday, null, PriceStatuses.Active, 1, Monday,
            "user:1", Monday, "user:1"),
        new CreateLicenseRequest("tq", 10, ExpiresAt: Monday.AddYears(1)),
        new ChangeLicenseRequest { UserLimit = 25, TrialEndsAt = (DateTimeOffset?)null },
        new LicenseResponse(
            1000, 1, "tq", "Transcription Quote", "active", Monday, null, Monday.AddYears(1), 10, 7, 3, null, null, 1,
            Monday, "user:1", Monday, "user:1"),
        new TenantLicenseResponse(
            1000, 1, "clinica-aurora", "Clínica Aurora", "tq", "Transcription Quote", "active", Monday, Monday.AddYears(1), 10, 7,
            3, 1),
        new SeatsByTypeRow(
            1, "clinica-aurora", "Clínica Aurora", "tq", "Transcription Quote", UserTypes.Manager, "Manager", 3,
            new(165m, "BRL")),
        new GrantRequest(UserTypes.Manager),
        new ChangeGrantRequest(UserTypes.Admin),
        new StaffGrantRequest(1, "tq", UserTypes.Manager),
        new BulkGrantRequest([11, 12], Partial: true),
        Grant,
        new BulkGrantItem(12, GrantOutcomes.Refused, Codes.SeatLimitReached, null),
        new ReconcileSeatsRequest(1),
        new ReconciledSeats(1, 1000, "tq", 8, 7),
        new AccessCheckRequest("tq", 12, UserTypes.Admin),
        new AccessBatchRequest([new("tq", 12), new("billing", 12, UserTypes.Admin)]),
        new AccessCheckResponse("tq", 12, false, 4, Codes.RoleTooLow, UserTypes.Operations, null),
        new AccessContextResponse(11, 1, "tq", UserTypes.Admin, new(1000, "active", Monday.AddYears(1)), new(7, 10, 3)),
    ];

    private static readonly TenantResponse Tenant = new(
        1, "clinica-aurora", "Clínica Aurora", "America/Sao_Paulo", "pt-BR", "BRL", "active",
        "agenda.aurora.example", Json("""{ "primaryColor": "#0F4C81" }"""), Json("{}"), null, null, 1)
    { Stamps = Made };

    private static readonly object[] OfTenants =
    [
        new SignUpRequest(
            "Clínica Aurora", "ana@aurora.example", "Ana Souza", "America/Sao_Paulo", "clinica-aurora", "pt-BR", "BRL"),
        new ConfirmSignUpRequest(1000),
        new CreateTenantRequest(
            "clinica-aurora", "Clínica Aurora", "America/Sao_Paulo", CustomDomain: "agenda.aurora.example",
            Branding: new("#0F4C81"), Labels: new(Resource: new("Professional", "Professionals"))),
        new ChangeTenantRequest { Name = "Clínica Aurora Boreal", CustomDomain = (string?)null },
        Tenant,
        new OffboardTenantRequest("The practice closes", 30),
        new ViewTenantRequest("They asked why a booking was moved", 30),
        new ViewTenantResponse(
            1, "They asked why a booking was moved", new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero),
            new(2026, 11, 23, 12, 30, 0, TimeSpan.Zero)),
        new TenantImportResponse(Tenant, 7, [new("tenant/bookings.ndjson", 1200, 1200)], ["ada@example.com"]),
        new CreateAddressRequest(
            "HQ", "Avenida Paulista 1000", "São Paulo", "BR", Region: "SP", PostalCode: "01310-100"),
        new ChangeAddressRequest { Line2 = "12º andar", Primary = true },
        new AddressResponse(
            1000, 1, "HQ", "Avenida Paulista 1000", null, "São Paulo", "SP", "01310-100", "BR", true, 1) { Stamps = Made },
        new CreateContactRequest("BILLING", "Ada Lovelace", "ada@example.com", "+55 11 98765-4321", "Finance"),
        new ChangeContactRequest { Phone = (string?)null, Primary = true },
        new ContactResponse(
            1000, 1, "BILLING", "Finance", "Ada Lovelace", "ada@example.com", "+5511987654321", true, 1) { Stamps = Made },
    ];

    private static readonly ApiKeyResponse Key = new(
        1000, "plk_1_3f6a1b2c", [Scopes.Scheduling], ApiKeyStatuses.Active, Monday.AddYears(1), null, null, Monday,
        "203.0.113.7", Monday, "user:11");

    private static readonly object[] OfPrograms =
    [
        new CreateServiceAccountRequest("Reception display", ["reception"]),
        new ChangeServiceAccountRequest { Name = "Waiting room display" },
        new ServiceAccountResponse(
            1000, "Reception display", ["reception"], [Permissions.BookingsRead], 1) { Stamps = Made },
        new CreateApiKeyRequest([Scopes.Scheduling], Monday.AddYears(1)),
        new RotateApiKeyRequest(1440, Monday.AddYears(1)),
        Key,
        new NewApiKeyResponse($"plk_1_{new string('0', 72)}", Key),
        new CreateWebhookRequest("https://hooks.aurora.example/platform", ["booking.*", "client.erased"], "Data warehouse"),
        new ChangeWebhookRequest { Enabled = true },
        new RecoverWebhookRequest(Monday.AddDays(-2), Monday),
        new WebhookResponse(
            1000, "https://hooks.aurora.example/platform", "Data warehouse", ["booking.*", "client.erased"], true, null, null,
            null, null, 1) { Stamps = Made },
        new PutMessageTemplateRequest("See you soon, {{ name }}", "Your {{ booking_label }} is on {{ when }}.\n\n{{ links }}"),
        new PreviewMessageRequest(BookingId: 1000),
        new MessagePreviewResponse(
            "See you soon, Ada", "Your visit is on Monday.\n\nManage: https://…\n", "<!DOCTYPE html><html>…</html>"),
        new TestMessageRequest(),
        new MessageTestResponse("ana@aurora.example"),
        new WebhookDeliveryResponse(
            1000, 1000, new("019a8f0e-5a7e-7cc4-9d1c-3f6a1b2c4d5e"), "webhook.test", WebhookDeliveryStatuses.Delivered, Monday,
            null, Monday,
            Json("""{ "type": "webhook.test", "timestamp": "2026-11-23T12:00:00.000000Z", "data": { "webhookId": 1000 } }"""),
            [new(Monday, "https://hooks.aurora.example/platform", 204, 35, null, null)]),
    ];

    private static readonly object[] OfPeople =
    [
        new ProfileRequest("Carla Dias", "pt-BR", "carla@aurora.example"),
        new AccountActionRequest("The laptop of this person was stolen."),
        new IdentityProviderRequest(
            "Aurora ID", "https://login.aurora.example", "platform", ["aurora.example"], UserTypes.Operations,
            [SystemRoles.User], "the secret that the provider made"),
        new IdentityProviderResponse(
            "Aurora ID", "https://login.aurora.example", "platform",
            [new("aurora.example", "_platform-verification.aurora.example", "platform-verification=hM3dHSBMeaJ0Ktp7W38B", Monday, false)],
            UserTypes.Operations, [SystemRoles.User], false, true, "https://id.example.com/sso/1"),
        new JoinTenantRequest(1, "carla@aurora.example", "Carla Dias", UserTypes.Operations, [SystemRoles.User], "pt-BR"),
        new InviteUserRequest("carla@aurora.example", "Carla Dias", UserTypes.Operations, ["reception"], "pt-BR"),
        new InvitationResponse(
            1000, "carla@aurora.example", "Carla Dias", "pt-BR", UserTypes.Operations, ["reception"],
            InvitationStatuses.Pending, Monday.AddDays(3), null, null, Monday, "user:11", Monday, "user:11", 1),
        new MyInvitationResponse(1000, 1, "Clínica Aurora", UserTypes.Operations, ["reception"], Monday.AddDays(3)),
        new AcceptInvitationRequest(13, "carla@aurora.example", "Carla Dias", "pt-BR"),
        new AcceptedInvitationResponse(1000, 1, "Clínica Aurora", 13),
        new CreateGroupRequest("Front desk"),
        new GroupMembersRequest([11, 12], Partial: true),
        new GroupMemberItem(11, GroupOutcomes.Joined),
        new GroupResponse(1000, "front_desk", "Front desk", false, [], 4, ["tq"], 1),
        new ChangeUserRequest { UserType = UserTypes.Manager },
        new DeactivateUserRequest(RevokeSeats: true),
        new UserResponse(
            12, "Bruno Lima", "bruno@aurora.example", "pt-BR", UserTypes.Operations, [SystemRoles.User], true, false,
            Monday, 1, "user:11", Monday, "user:11"),
        new CreateUserRequest("carla@aurora.example", "Carla Dias", "pt-BR"),
        new ChangePersonRequest { Name = "Carla Dias", Active = false },
        new CreateMembershipRequest(UserTypes.Admin, [SystemRoles.TenantAdmin]),
        new ChangeMembershipRequest { UserType = UserTypes.Manager, Active = true },
        Membership,
        new StaffUserResponse(12, "Bruno Lima", "bruno@aurora.example", "pt-BR", true, [Membership], 1) { Stamps = Made },
        new GiveRoleRequest(1),
        new CreateRoleRequest("Reception", [Permissions.BookingsImport, Permissions.ClientsManage]),
        new ChangeRoleRequest { Permissions = new string[] { Permissions.ClientsManage } },
        new StaffCreateRoleRequest("Auditor", [Permissions.AuditRead, Permissions.UsersRead], "auditor", 1),
        new RoleResponse(1000, 1, "reception", "Reception", false, [Permissions.ClientsManage], 1, Monday, "user:11", Monday,
            "user:11"),
    ];

    private static UserMembership Membership => new(
        1, "clinica-aurora", "Clínica Aurora", UserTypes.Operations, [SystemRoles.User], true, 1);

    private static GrantResponse Grant => new(
        1000, 1, 11, "tq", UserTypes.Manager, true, Monday, null, 55m, "BRL", UserTypes.Manager, BillingCycles.Monthly, 1, true,
        "user:11", Monday, "user:11");

    private static readonly Dictionary<Type, object> ByType =
        OfBookings.Concat(OfCatalogue).Concat(OfClientsAndReports).Concat(OfLicensing).Concat(OfTenants).Concat(OfPeople)
            .Concat(OfPrograms)
            .ToDictionary(example => example.GetType());

    public Task TransformAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (ByType.TryGetValue(context.JsonTypeInfo.Type, out var example))
        {
            schema.Examples = [JsonSerializer.SerializeToNode(example, example.GetType(), PlatformJson.Options)!];
        }

        return Task.CompletedTask;
    }

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}
