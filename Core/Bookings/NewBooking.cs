using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Imports;
using Platform.Core.Bookings.Slots;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>A requested booking or hold, with its caller.</summary>
/// <param name="Actor"><c>user:17</c> or <c>client:m2m</c>.</param>
/// <param name="Key">The caller's idempotency key and the hash of the request it came with.</param>
/// <param name="Hold">Where it is to be a hold: how long, and for whom.</param>
/// <param name="PublicOnly">Whether only services that anybody may book exist for the caller.</param>
/// <param name="HasConsented">Whether the client has consented to the processing of their data.</param>
/// <param name="Former">What it was in another system, where it is imported.</param>
public sealed record RequestedBooking(
    CreateBookingRequest Request,
    string Actor,
    Idempotency.RequestKey? Key,
    string Source = BookingSources.Staff,
    RequestedHold? Hold = null,
    bool PublicOnly = false,
    bool HasConsented = false,
    FormerBooking? Former = null);

/// <param name="Length">The organisation's usual one when absent.</param>
/// <param name="Owner">
/// The owner whose number of holds is limited; the client when absent; no limit without a client.
/// </param>
public sealed record RequestedHold(TimeSpan? Length, string? Owner, string Token);

/// <summary>What a booking is of, and for whom.</summary>
/// <param name="NewClientId">For the client, if they are not known yet.</param>
internal sealed record BookingParties(long BookingId, BookableService Service, Client? Client, long NewClientId = 0);

/// <summary>A booking with all the rows that come with it, before any is written.</summary>
internal sealed record NewBooking(
    BookingView View, bool IsNewClient, ChosenResources Resources, TimeRange Occupied, BookableService Service, RequestedBooking Requested)
{
    public Booking Booking => View.Booking;

    public bool IsHold => Booking.Status == BookingStatuses.Held;

    /// <summary>Whether it keeps others from its resources.</summary>
    public bool Blocks => BookingRules.Blocks(Booking.Status);

    /// <summary>Its client, if their record was there before.</summary>
    public IReadOnlyList<long> KnownClientIds => !IsNewClient && Booking.ClientId is { } id ? [id] : [];

    public static NewBooking Of(
        RequestedBooking requested, BookingParties parties, ServiceTimes times, DateTimeOffset start, ChosenResources chosen,
        TenantContext tenant, DateTimeOffset now, (long Series, DateTime Occurrence)? repeated = null)
    {
        var service = parties.Service;
        var client = ClientOf(requested.Request, parties, tenant);
        var booking = Of(requested, parties.BookingId, service, times, start, chosen, tenant.TimeZone, now, repeated);
        booking.ClientId = client?.Id;
        booking.HoldOwner = OwnerOf(requested.Hold, client?.Id);

        return new(
            new BookingView(booking, service.Name, BookedResources(chosen, service), client),
            parties.Client is null && client is not null, chosen, times.Occupied(start), service, requested);
    }

    /// <summary>Whose holds a hold counts among: those of the caller, else of the client it is for.</summary>
    public static string? OwnerOf(RequestedHold? hold, long? clientId) =>
        hold is { Owner: null } && clientId is { } id ? $"client:{id}" : hold?.Owner;

    private static Client? ClientOf(CreateBookingRequest request, BookingParties parties, TenantContext tenant) =>
        parties.Client ?? (request.Client is null ? null : new Client
        {
            Id = parties.NewClientId,
            Name = request.Client.Name,
            Email = request.Client.Email,
            Phone = request.Client.Phone,
            Locale = request.Client.Locale ?? tenant.Locale,
            Metadata = request.Client.Metadata ?? Client.NoMetadata,
        });

    public static string StatusOf(BookableService service) =>
        service.RequiresApproval ? BookingStatuses.Pending : BookingStatuses.Confirmed;

    public static IReadOnlyList<BookedResource> BookedResources(ChosenResources chosen, BookableService service) =>
        [.. chosen.Items.Where(p => p.PartOf is null).Select(p => new BookedResource(p.ResourceId, service.Names[p.ResourceId]))];

    private static Booking Of(
        RequestedBooking requested, long id, BookableService service, ServiceTimes times, DateTimeOffset start,
        ChosenResources chosen, string timeZone, DateTimeOffset now, (long Series, DateTime Occurrence)? repeated)
    {
        var request = requested.Request;
        var deadline = service.Cancellation.DeadlineMinutes;
        var booking = new Booking
        {
            Id = id,
            Uid = requested.Former?.Uid ?? Guid.CreateVersion7().ToString(),
            Sequence = requested.Former?.Sequence ?? 0,
            ServiceId = service.Id,
            StartAt = start,
            EndAt = start + times.Length,
            LocalDate = chosen.LocalDate.ToDateOnly(),
            PartySize = request.PartySize ?? 1,
            TimeZone = request.TimeZone ?? timeZone,
            Status = requested.Former?.Status ?? (requested.Hold is null ? StatusOf(service) : BookingStatuses.Held),
            BeforeBufferMinutes = (int)times.Before.TotalMinutes,
            AfterBufferMinutes = (int)times.After.TotalMinutes,
            Note = request.Note,
            Answers = request.Answers ?? BookingView.NoAnswers,
            Price = service.Price?.Amount,
            Currency = service.Price?.Currency,
            CancelDeadline = deadline is { } minutes ? start.AddMinutes(-minutes) : null,
            CancelFee = service.Cancellation.Fee?.Amount,
            CancelCurrency = service.Cancellation.Fee?.Currency,
            Source = requested.Source,
            ConsentedAt = requested.HasConsented ? now : null,
            SeriesId = repeated?.Series,
            Occurrence = repeated?.Occurrence,
            Version = requested.Hold is null ? 1 : 0,
            CreatedAt = now,
            UpdatedAt = now,
            CreatedBy = requested.Actor,
            UpdatedBy = requested.Actor,
        };
        if (requested.Hold is { } hold)
        {
            booking.HoldToken = hold.Token;
            booking.HoldOwner = hold.Owner;
            booking.HoldExpiresAt = now + (hold.Length ?? service.Organisation.HoldLength);
        }

        return booking;
    }
}
