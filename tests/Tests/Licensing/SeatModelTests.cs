using FsCheck;
using FsCheck.Fluent;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

/// <summary>Random acts of staff and admins in any order: the API returns the same results as a small model.</summary>
public sealed class SeatModelTests(PlatformFixture platform)
{
    private const int People = 4;

    private enum Action { Grant, Revoke, Reactivate, Resize, Suspend, Resume, Cancel, License }

    /// <param name="Person">The index of the person.</param>
    /// <param name="Limit">Of a license; null is unlimited.</param>
    private sealed record Step(Action Action, int Person, int? Limit);

    private static readonly Gen<Step> Steps =
        from action in Gen.Frequency(
            (6, Gen.Constant(Action.Grant)), (4, Gen.Constant(Action.Revoke)), (3, Gen.Constant(Action.Reactivate)),
            (3, Gen.Constant(Action.Resize)), (1, Gen.Constant(Action.Suspend)), (2, Gen.Constant(Action.Resume)),
            (1, Gen.Constant(Action.Cancel)), (2, Gen.Constant(Action.License)))
        from person in Gen.Choose(0, People - 1)
        from limit in Gen.Choose(-1, People)
        select new Step(action, person, limit < 0 ? null : limit);

    [Fact]
    public void Seats_licenses_and_decisions_follow_the_model() =>
        Prop.ForAll(Steps.ListOf(30).ToArbitrary(), async steps =>
        {
            var tenant = await platform.NewCustomerAsync();
            var people = await platform.MembersAsync(tenant, People);
            var model = new Model();
            var path = $"/tenants/{tenant.Id}/licenses";
            var licenseId = 0L;

            foreach (var step in steps)
            {
                var expected = model.Apply(step);
                Assert.Equal(expected, await DoAsync(step, people[step.Person]));
                Assert.Equal($"{model.Active.Count} {model.Active.Count}", await SeatsAsync());
            }

            foreach (var (id, person) in people.Select((id, person) => (id, person)))
            {
                Assert.Equal(model.Decide(person), (await tenant.CheckAsync(id)).Reason);
            }

            Assert.Empty(await platform.BrokenTrailsAsync(tenant.Id));

            async Task<(int, string?)> DoAsync(Step step, long user)
            {
                var limit = step.Limit is { } seats ? $"{seats}" : "null";
                var license = $"{path}/{licenseId}";
                using var response = await (step.Action switch
                {
                    Action.Grant => tenant.GrantAsync(user),
                    Action.Revoke => tenant.SendAsync("POST", $"/users/{user}/apps/tq/revoke"),
                    Action.Reactivate => tenant.SendAsync("POST", $"/users/{user}/apps/tq/reactivate"),
                    Action.Resize => platform.StaffAsync("PATCH", license, $$"""{ "userLimit": {{limit}} }"""),
                    Action.License => platform.StaffAsync("POST", path, $$"""{ "application": "tq", "userLimit": {{limit}} }"""),
                    _ => platform.StaffAsync("POST", $"{license}/{step.Action.ToString().ToLowerInvariant()}"),
                });
                if (!response.IsSuccessStatusCode) return await response.ProblemAsync();

                if (step.Action == Action.License) licenseId = (await response.DataAsync<LicenseResponse>()).Id;
                return ((int)response.StatusCode, null);
            }

            Task<string> SeatsAsync() => platform.PlatformValueAsync<string>($"""
                select coalesce(max(seats_used), 0) || ' ' || (
                    select count(*) from user_application_access where tenant_id_fk = {tenant.Id} and active)
                from tenant_applications where tenant_id_fk = {tenant.Id}
                """);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12));

    private sealed class Model
    {
        private string? _status;
        private int? _limit;
        private readonly HashSet<int> _ever = [];

        public HashSet<int> Active { get; } = [];

        private string? Flaw => _status switch
        {
            null => Codes.LicenseNotFound,
            LicenseStatus.Suspended => Codes.LicenseSuspended,
            LicenseStatus.Cancelled => Codes.LicenseCancelled,
            _ => null,
        };

        public string? Decide(int person) => Flaw ?? (Active.Contains(person) ? null : Codes.NoAccess);

        public (int, string?) Apply(Step step) => step.Action switch
        {
            Action.Grant or Action.Reactivate => Grant(step),
            Action.Revoke => Active.Remove(step.Person) || _ever.Contains(step.Person) ? (200, null) : (404, Codes.NotFound),
            Action.License when _status is not (null or LicenseStatus.Cancelled) => (409, Codes.AlreadyExists),
            Action.License => Size(step, 201, LicenseStatus.Active),
            _ when _status is null => (404, Codes.NotFound),
            Action.Cancel => Become(LicenseStatus.Cancelled),
            _ when _status == LicenseStatus.Cancelled => (409, Codes.LicenseCancelled),
            Action.Resize => Size(step, 200, _status),
            Action.Suspend => Become(LicenseStatus.Suspended),
            _ => Become(LicenseStatus.Active),
        };

        private (int, string?) Grant(Step step)
        {
            if (Flaw is { } flaw) return (409, flaw);
            if (Active.Contains(step.Person)) return (200, null);
            if (step.Action == Action.Reactivate && !_ever.Contains(step.Person)) return (404, Codes.NotFound);
            if (Active.Count >= _limit) return (409, Codes.SeatLimitReached);

            Active.Add(step.Person);
            _ever.Add(step.Person);
            return (201, null);
        }

        private (int, string?) Size(Step step, int status, string become)
        {
            if (step.Limit < Active.Count) return (409, Codes.LimitBelowUsage);

            (_limit, _status) = (step.Limit, become);
            return (status, null);
        }

        private (int, string?) Become(string status)
        {
            _status = status;
            return (200, null);
        }
    }

    private static class LicenseStatus
    {
        public const string Active = "active";
        public const string Suspended = "suspended";
        public const string Cancelled = "cancelled";
    }
}
