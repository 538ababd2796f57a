using Platform.Tests.AdminWeb;
using Platform.Tests.Bookings;
using Platform.Tests.HubWeb;
using Platform.Tests.Licensing;
using Platform.Tests.People;
using Platform.Tests.Support;
using Platform.Tests.Worker;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Platform.Tests.Support;

/// <summary>Begins with the classes that take longest, so that none of them is left to run alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        .. ((Type[])
        [
            typeof(SettingsPagesTests), typeof(OperationPagesTests), typeof(StaffFrameTests), typeof(BookingPagesTests),
            typeof(TenantPagesTests), typeof(FrameTests), typeof(Identity.App.StorageTests),
            typeof(Identity.Accounts.PasskeyTests), typeof(AdminPagesTests), typeof(PublicFrameTests), typeof(AccessFaultTests),
            typeof(WithClock), typeof(SeatModelTests), typeof(WithIdentity),
            typeof(KilledWorkerTests), typeof(SeriesTests), typeof(ImportTests), typeof(WaitlistTests),
            typeof(Identity.App.SignInPageTests), typeof(Identity.App.TokenTests),
        ]).Select(type => type.FullName!),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Array.FindIndex(Long, Named(collection)) is >= 0 and var at ? at : Long.Length)];

    /// <summary>
    /// A collection is named for its definition or its only class: "Test collection for Name (id: …)".
    /// </summary>
    private static Predicate<string> Named(ITestCollection collection) => name =>
        collection.TestCollectionDisplayName.Contains($" {name} (", StringComparison.Ordinal);
}
