using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;

namespace Platform.Contracts;

/// <summary>What every 2xx answer looks like.</summary>
/// <param name="Meta">What happened, in a stable code and a sentence.</param>
/// <param name="Data">The answer itself.</param>
public sealed record Envelope<T>(Meta Meta, T Data);

/// <param name="Code">A code of <see cref="Codes"/>; it never changes meaning.</param>
/// <param name="Message">One English sentence for people who read logs; screens translate the code instead.</param>
/// <param name="Page">Where the next page starts; only on lists that have pages.</param>
/// <param name="AsOf">UTC; only on reports: what happened until then is in the figures.</param>
public sealed record Meta(string Code, string Message, PageInfo? Page = null, DateTimeOffset? AsOf = null);

/// <param name="Next">Opaque cursor of the next page; null on the last one.</param>
/// <param name="Size">The page size that was used.</param>
/// <param name="Total">How many rows match in all; only where a page was asked for by its number.</param>
public sealed record PageInfo(string? Next, int Size, long? Total = null);

/// <summary>An RFC 9457 problem document as our clients read it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">A code of <see cref="Codes"/>.</param>
/// <param name="Detail">One English sentence about this very failure.</param>
/// <param name="TraceId">The W3C trace id of the request, for the log.</param>
/// <param name="Errors">Which members of the request were wrong, when it was malformed.</param>
public sealed record Problem(
    int Status,
    string? Code,
    string? Title,
    string? Detail,
    string? TraceId,
    IReadOnlyList<FieldError>? Errors)
{
    /// <summary>Of <c>SERIES_CONFLICT</c>: the dates that cannot be booked or changed, and why.</summary>
    public IReadOnlyList<SeriesOccurrence>? Conflicts { get; init; }

    /// <summary>Of a refused start: the next ones that are free.</summary>
    public IReadOnlyList<SlotResponse>? NextSlots { get; init; }

    /// <summary>What else a refusal says: <c>seatsUsed</c>, <c>existingRange</c>, <c>purgeAt</c>.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Members { get; init; }

    /// <returns>Null if the problem does not have the member, or in another form.</returns>
    public T? Member<T>(string name) where T : class
    {
        try
        {
            return Members?.TryGetValue(name, out var value) is true ? value.Deserialize<T>(PlatformJson.Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="Member{T}"/>
    public int? Number(string name) =>
        Members?.TryGetValue(name, out var value) is true && value.ValueKind is JsonValueKind.Number
        && value.TryGetInt32(out var number) ? number : null;
}

/// <param name="Field">The member in camelCase, with dots and indexes for nested ones: <c>rules[0].start</c>.</param>
public sealed record FieldError(string Field, string Code, string Message);

/// <summary>Money is never a float: an amount with at most two decimals, and an ISO 4217 code.</summary>
public sealed record Money(decimal Amount, string Currency)
{
    /// <summary>The largest amount: columns are <c>numeric(10, 2)</c>.</summary>
    public const decimal Max = 99_999_999.99m;
}
