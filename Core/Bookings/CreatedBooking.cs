using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Idempotency;

namespace Platform.Core.Bookings;

/// <summary>A booking or hold that was made: by this request, or by an earlier one with the same key.</summary>
public abstract record CreatedBooking
{
    private CreatedBooking()
    {
    }

    /// <summary>Whether the answer is that of an earlier request.</summary>
    public abstract bool IsReplayed { get; }

    public abstract BookingResponse ToResponse();

    /// <param name="now">When the remaining time of the hold is counted from.</param>
    public abstract HoldResponse ToHold(DateTimeOffset now);

    public sealed record Written(BookingView View) : CreatedBooking
    {
        public override bool IsReplayed => false;

        public override BookingResponse ToResponse() => View.ToResponse();

        public override HoldResponse ToHold(DateTimeOffset now) => View.ToHold(now);
    }

    public sealed record Repeated(IdempotencyKey Answer) : CreatedBooking
    {
        public override bool IsReplayed => true;

        public override BookingResponse ToResponse() => Read<BookingResponse>();

        public override HoldResponse ToHold(DateTimeOffset now) => Read<HoldResponse>();

        private T Read<T>() => JsonSerializer.Deserialize<T>(Answer.Body, PlatformJson.Options)
            ?? throw new JsonException("The stored answer is null.");
    }
}
