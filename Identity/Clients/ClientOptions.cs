using System.ComponentModel.DataAnnotations;

namespace Platform.Identity.Clients;

/// <summary>
/// Addresses and secrets of our own applications, from the section <c>Clients</c>. Read once at start: a changed secret
/// needs a restart.
/// </summary>
internal sealed class ClientOptions
{
    public const string Section = "Clients";

    [Required]
    public WebClient? Hub { get; init; }

    [Required]
    public WebClient? Admin { get; init; }

    [Required]
    public ServiceClient? Api { get; init; }

    /// <summary>Identity's own client, with which it asks the Api who a person is.</summary>
    [Required]
    public ServiceClient? Self { get; init; }

    /// <exception cref="InvalidOperationException">Something is missing; the message names all of it.</exception>
    public static ClientOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<ClientOptions>() ?? new();
        var missing = new[]
        {
            Check(options, ""), Check(options.Hub, "Hub:"), Check(options.Admin, "Admin:"), Check(options.Api, "Api:"),
            Check(options.Self, "Self:"),
        };
        var errors = missing.SelectMany(errors => errors).ToList();

        return errors is [] ? options : throw new InvalidOperationException(
            $"The configuration is incomplete. Set {string.Join(", ", errors.Select(error => $"{Section}:{error}"))}.");
    }

    private static IEnumerable<string> Check(object? options, string prefix)
    {
        if (options is null) return [];

        var errors = new List<ValidationResult>();
        Validator.TryValidateObject(options, new(options), errors, validateAllProperties: true);
        return errors.SelectMany(error => error.MemberNames).Select(member => prefix + member);
    }
}

/// <summary>With a secret, with keys, or with both while the one is replaced by the other.</summary>
internal class ServiceClient : IValidatableObject
{
    [MinLength(8)]
    public string? Secret { get; init => field = value is "" ? null : value; }

    /// <summary>Public keys: a JSON Web Key Set or one key in PEM, or the path of a file with either.</summary>
    public string? Keys { get; init; }

    /// <returns>A JSON Web Key Set, or null if the client has no keys.</returns>
    /// <exception cref="InvalidOperationException">It is neither, or has a private key in it.</exception>
    public string? ReadKeys() => string.IsNullOrEmpty(Keys) ? null : ClientKeys.Read(Keys);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(Secret) && string.IsNullOrEmpty(Keys))
        {
            yield return new("One is required.", [nameof(Secret)]);
        }
    }
}

internal sealed class WebClient : ServiceClient
{
    /// <summary>Scheme, host and port, under which browsers know the application.</summary>
    [Required, Url]
    public string Url { get; init; } = "";
}
