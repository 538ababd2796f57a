using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Bookings;

/// <summary>Why a date or a booking is not possible, in few words: nobody is asked to do anything about it here.</summary>
internal static class ReasonText
{
    public static string Of(string? code, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText) =>
        text[$"Why.{code}"] is { ResourceNotFound: false } known
            ? known.Value
            : uiText.Of(new Problem(0, code, null, null, null, null));
}
