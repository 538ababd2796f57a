using System.ComponentModel.DataAnnotations;
using System.Net.Mail;

namespace Platform.Contracts.People;

public static class EmailAddresses
{
    private const int MaxLength = 254;

    private static readonly EmailAddressAttribute Attribute = new();

    /// <summary>Whether a mail can be sent there: one address without a name, of at most 254 characters.</summary>
    public static bool IsValid(string email) =>
        email.Length <= MaxLength
        && !email.Any(char.IsControl)
        && Attribute.IsValid(email)
        && MailAddress.TryCreate(email, out var address)
        && address.Address == email;
}
