using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Licensing;

namespace Platform.Api.OpenApi;

/// <summary>Shows what a request may look like. Examples are records, so that they compile or are wrong.</summary>
internal sealed class DescribeExamples : IOpenApiSchemaTransformer
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly ClientDetails Ada = new("Ada Lovelace", "ada@example.com", "+5511987654321", "pt-BR");

    private static readonly object[] Examples =
    [
        new CreateBookingRequest(1, Monday, "America/Sao_Paulo", 30, Client: Ada, Note: "First visit"),
        new CreateHoldRequest(1, Monday, "America/Sao_Paulo", 30),
        new RescheduleBookingRequest(Monday.AddDays(1), Reason: "The client asked"),
        new CancelBookingRequest("Ill"),
        new CreateSeriesRequest(
            1, new Moment(null, new DateTime(2026, 11, 23, 9, 0, 0)), "FREQ=WEEKLY;BYDAY=MO;COUNT=8", "America/Sao_Paulo",
            Client: Ada, SkipConflicts: true),
        new PublicBookingRequest(
            1, Monday, new("Ada Lovelace", "ada@example.com", "+5511987654321", "pt-BR"), Consent: true,
            TimeZone: "America/Sao_Paulo"),
        new PublicHoldRequest(1, Monday, "America/Sao_Paulo"),
        new BookingResponse(
            1000, "019a8f0e-5a7e-7cc4-9d1c-3f6a1b2c4d5e", 1, "Consulta", Monday, Monday.AddMinutes(30), "America/Sao_Paulo",
            BookingStatuses.Confirmed, [new(1, "Dra. Helena Prado")], new(1000, "Ada Lovelace", "ada@example.com"), null, 1,
            Monday.AddDays(-3), AfterBufferMinutes: 10, Price: new(250, "BRL"), Source: BookingSources.Staff),
        new SlotResponse(Monday, Monday.AddMinutes(30), [1, 2], 2),
        new SchedulePriceRequest(UserTypes.Manager, 55m, Monday, "BRL", BillingCycles.Monthly, Supersede: true),
        new CreateLicenseRequest("tq", 10, ExpiresAt: Monday.AddYears(1)),
        new StaffGrantRequest(1, "tq", UserTypes.Manager),
        new BulkGrantRequest([11, 12], Partial: true),
        new AccessCheckRequest("tq", 12, UserTypes.Admin),
        new AccessCheckResponse("tq", 12, false, 4, Codes.RoleTooLow, UserTypes.Operations, null),
    ];

    private static readonly Dictionary<Type, object> ByType = Examples.ToDictionary(example => example.GetType());

    public Task TransformAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (ByType.TryGetValue(context.JsonTypeInfo.Type, out var example))
        {
            schema.Examples = [JsonSerializer.SerializeToNode(example, example.GetType(), PlatformJson.Options)!];
        }

        return Task.CompletedTask;
    }
}
