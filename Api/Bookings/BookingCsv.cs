using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core;

namespace Platform.Api.Bookings;

/// <summary>The list of bookings as a file.</summary>
internal static class BookingCsv
{
    public const int MaxRows = 20_000;

    public static readonly Rejection TooMany =
        new(RejectionKind.Invalid, Codes.TooManyRows, $"A file has at most {MaxRows} bookings; narrow the range.");

    public static readonly CsvColumn<BookingResponse>[] Columns =
    [
        new("id", b => b.Id), new("start", b => b.Start), new("end", b => b.End), new("timeZone", b => b.TimeZone),
        new("status", b => b.Status), new("service", b => b.ServiceName),
        new("resources", b => string.Join("; ", b.Resources.Select(r => r.Name))),
        new("clientId", b => b.Client?.Id), new("clientName", b => b.Client?.Name), new("clientEmail", b => b.Client?.Email),
        new("partySize", b => b.PartySize), new("price", b => b.Price?.Amount), new("currency", b => b.Price?.Currency),
        new("source", b => b.Source), new("note", b => b.Note), new("createdAt", b => b.CreatedAt),
    ];
}
