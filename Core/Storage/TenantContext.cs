namespace Platform.Core.Storage;

/// <summary>The tenant of the current request or message, set once by whatever let it in.</summary>
public sealed class TenantContext
{
    private long? _id;

    public long Id
    {
        get => _id ?? throw new InvalidOperationException("No tenant has been set.");
        set => _id = _id is null ? value : throw new InvalidOperationException("The tenant is already set.");
    }

    public string Schema => SchemaOf(Id);

    /// <summary>As clients know it.</summary>
    public string Name { get => field ?? throw new InvalidOperationException("No name has been set."); set; }

    /// <summary>IANA name of the zone in which the tenant thinks; it never changes.</summary>
    public string TimeZone { get => field ?? throw new InvalidOperationException("No zone has been set."); set; }

    /// <summary>BCP 47: the language of messages to people who have not chosen one.</summary>
    public string Locale { get => field ?? throw new InvalidOperationException("No locale has been set."); set; }

    /// <summary>The bookings that a caller with limited rights may see; null when nothing is hidden.</summary>
    public OwnBookings? Own { get; set; }

    /// <summary>Where numbers are dialled that have no country's code; null where nobody knows.</summary>
    public string? Country => TenantCountries.Of(TimeZone, Locale);

    /// <summary>From the number, not the slug: slugs change, and a number needs no quoting.</summary>
    public static string SchemaOf(long id) => $"tenant_{id}";
}
