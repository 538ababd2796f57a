using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core;

namespace Platform.Api.Public;

/// <summary>Rules for callers without an account.</summary>
internal static class PublicRules
{
    /// <summary>As history names them.</summary>
    public const string Actor = "client:public";

    public static Rejection ConsentRequired { get; } = new(
        RejectionKind.Invalid, Codes.ConsentRequired, "`consent` must be true to book or to wait.", "consent");

    extension(PublicClient client)
    {
        public ClientDetails ToDetails() =>
            new(client.Name, client.Email, client.Phone, client.Locale, client.Metadata);
    }
}
