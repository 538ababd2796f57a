using FsCheck;
using FsCheck.Fluent;
using Platform.Contracts;
using Platform.Core.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

/// <summary>The rules themselves, against sentences that say the same in another way.</summary>
public sealed class LicensingRulesTests
{
    private static readonly DateTimeOffset Start = PlatformFixture.Monday9am;

    /// <summary>A few instants, so that many coincide.</summary>
    private static readonly Gen<DateTimeOffset> Instants = Gen.Choose(0, 6).Select(hour => Start.AddHours(hour));

    private static readonly Gen<DateTimeOffset?> Ends = Gen.Frequency(
        (2, Instants.Select(instant => (DateTimeOffset?)instant)), (1, Gen.Constant((DateTimeOffset?)null)));

    private static readonly Gen<LicenseTerms> Licenses =
        from status in Gen.Elements(
            LicenseStatuses.Trial, LicenseStatuses.Active, LicenseStatuses.Suspended, LicenseStatuses.Cancelled)
        from activatedAt in Instants
        from trialEndsAt in Ends
        from expiresAt in Ends
        from limit in Gen.Elements<int?>(null, 0, 1, 2)
        from used in Gen.Choose(0, 3)
        select new LicenseTerms(1, status, activatedAt, trialEndsAt, expiresAt, limit, used, 1);

    private static readonly Gen<AccessInputs> Inputs =
        from application in Gen.Elements(true, true, false)
        from tenant in Gen.Elements(true, true, false)
        from license in Gen.Frequency((6, Licenses.Select(l => (LicenseTerms?)l)), (1, Gen.Constant((LicenseTerms?)null)))
        from user in Gen.Elements<bool?>(true, true, false, null)
        from grant in Gen.Elements(true, true, false)
        from level in Gen.Choose(1, 3)
        from minimum in Gen.Elements<int?>(null, 1, 2, 3)
        select new AccessInputs(application, tenant, license, user, grant, "role", level, minimum);

    [Fact]
    public void The_decision_names_the_first_failing_layer() =>
        Prop.ForAll(Inputs.ToArbitrary(), Instants.ToArbitrary(), (inputs, now) =>
        {
            (int Layer, bool IsWrong)[] layers =
            [
                (1, !inputs.ApplicationIsActive || !inputs.TenantIsActive || LicenseRules.CodeOf(inputs.License, now) is not null),
                (2, inputs.License is { UserLimit: { } limit } && inputs.License.SeatsUsed > limit),
                (3, inputs.UserIsActive is not true || !inputs.HasGrant),
                (4, inputs.MinimumLevel is { } minimum && inputs.RoleLevel < minimum),
            ];
            int? first = layers.Any(layer => layer.IsWrong) ? layers.First(layer => layer.IsWrong).Layer : null;

            var decision = AccessRules.Decide(inputs, now);

            return decision.Layer == first && decision.Allowed == (first is null) && decision.Reason is null == decision.Allowed;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void An_allowed_decision_holds_until_the_instant_it_names_and_not_afterwards() =>
        Prop.ForAll(Inputs.ToArbitrary(), Instants.ToArbitrary(), Instants.ToArbitrary(), (inputs, now, later) =>
        {
            var decision = AccessRules.Decide(inputs, now);
            if (!decision.Allowed || later < now) return true;

            return AccessRules.Decide(inputs, later).Allowed == (decision.ExpiresAt is null || later < decision.ExpiresAt);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void A_license_is_in_force_exactly_while_it_is_active_and_within_its_dates() =>
        Prop.ForAll(Licenses.ToArbitrary(), Instants.ToArbitrary(), (license, now) =>
        {
            var runs = license.Status is LicenseStatuses.Active or LicenseStatuses.Trial
                && license.ActivatedAt <= now
                && !(license.ExpiresAt <= now)
                && !(license.Status == LicenseStatuses.Trial && license.TrialEndsAt <= now);

            return LicenseRules.CodeOf(license, now) is null == runs
                && LicenseRules.Check(license, now)?.Code == LicenseRules.CodeOf(license, now);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Theory]
    [InlineData(null, 3, null)]
    [InlineData(3, 3, null)]
    [InlineData(2, 3, Codes.LimitBelowUsage)]
    [InlineData(0, 0, null)]
    public void A_limit_below_the_taken_seats_is_refused(int? limit, int used, string? code) =>
        Assert.Equal(code, LicenseRules.CheckLimit(limit, used)?.Code);
}
