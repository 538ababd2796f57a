using System.Text.Json.Serialization;

namespace Platform.Contracts;

/// <summary>Who made a row and who changed it last, and when.</summary>
public readonly record struct RowStamps(
    DateTimeOffset CreatedAt, string? CreatedBy, DateTimeOffset UpdatedAt, string? UpdatedBy);

/// <summary>An answer about a row, with its creator and its last change.</summary>
public abstract record StampedResponse
{
    /// <summary>UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// As the audit names them: <c>user:17 </c>; null for what was there from the start, and to anybody.
    /// </summary>
    public string? CreatedBy { get; init; }

    /// <summary>UTC; when it was made, where nobody has changed it since.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>As the audit names them; likewise.</summary>
    public string? UpdatedBy { get; init; }

    /// <summary>All four at once.</summary>
    [JsonIgnore]
    public RowStamps Stamps
    {
        init => (CreatedAt, CreatedBy, UpdatedAt, UpdatedBy) = value;
    }
}
