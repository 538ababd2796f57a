using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Platform.Api.Tenants;

/// <summary>Whether people may create an organisation by themselves, and what it may try.</summary>
internal sealed class SignUpOptions
{
    public const string Section = "SignUps";

    /// <summary>Off by default: the owner of the platform decides.</summary>
    public bool Enabled { get; init; }

    /// <summary>Slug of the application that a new organisation may try; null for none.</summary>
    public string? TrialApplication { get; init; }

    [Range(1, 365)]
    public int TrialDays { get; init; } = 14;

    /// <summary>Seats of the trial licence.</summary>
    [Range(1, 10_000)]
    public int TrialSeats { get; init; } = 5;
}

[OptionsValidator]
internal sealed partial class SignUpOptionsValidator : IValidateOptions<SignUpOptions>;
