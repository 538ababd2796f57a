using System.Collections.Immutable;

namespace Platform.Contracts;

/// <summary>Currencies (ISO 4217) of tenants and of licence prices. Services may have any currency.</summary>
public static class PlatformCurrencies
{
    /// <summary>New ones are added at the end: cursors of prices contain the position.</summary>
    public static readonly ImmutableArray<string> All = ["BRL", "USD", "EUR"];
}
