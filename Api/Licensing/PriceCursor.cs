using Platform.Api.Http;
using Platform.Contracts;

namespace Platform.Api.Licensing;

/// <summary>
/// Where a page of a price matrix ends: all that it is sorted by, since a price that is ahead may be gone before the
/// next page is asked for. Opaque to clients.
/// </summary>
internal sealed record PriceCursor(int Level, long UserTypeId, string Currency, DateTimeOffset ValidFrom)
{
    public override string ToString() =>
        CursorText.Of(Level, UserTypeId, PlatformCurrencies.All.IndexOf(Currency), ValidFrom.UtcTicks);

    public static bool TryParse(string? text, out PriceCursor? cursor)
    {
        cursor = CursorText.Read(text) is [<= int.MaxValue and var level, var type, var currency, var ticks]
            && currency < PlatformCurrencies.All.Length && ticks <= DateTime.MaxValue.Ticks
                ? new((int)level, type, PlatformCurrencies.All[(int)currency], new(ticks, TimeSpan.Zero))
                : null;
        return cursor is not null;
    }
}
