using Platform.Contracts.Catalogue;
using Platform.Core.Catalogue;

namespace Platform.Tests.Catalogue;

public sealed class ResourceRulesTests
{
    [Theory]
    [InlineData(5, true)] // on top of four
    [InlineData(6, false)]
    public void Resources_nest_at_most_five_levels_deep(int levels, bool fits)
    {
        var chain = Enumerable.Range(2, levels - 2).ToDictionary(n => (long)n, n => (long)(n - 1));

        Assert.Equal(fits, ResourceRules.CheckParent(null, levels - 1, chain) is null);
    }

    [Fact]
    public void Levels_below_the_resource_count_towards_the_depth()
    {
        var parents = new Dictionary<long, long> { [2] = 1, [3] = 2, [11] = 10, [12] = 11 };

        Assert.NotNull(ResourceRules.CheckParent(10, 3, parents));
        Assert.Null(ResourceRules.CheckParent(10, 2, parents));
    }

    [Fact]
    public void A_cycle_of_any_length_is_refused()
    {
        var parents = new Dictionary<long, long> { [2] = 1, [3] = 2 };

        Assert.NotNull(ResourceRules.CheckParent(1, 3, parents));
        Assert.NotNull(ResourceRules.CheckParent(1, 1, parents));
        Assert.Null(ResourceRules.CheckParent(4, 3, parents));
    }

    [Theory]
    [InlineData("00:00", 0)]
    [InlineData("09:05", 545)]
    [InlineData("24:00", 1440)]
    public void Times_are_minutes_of_the_day_and_back(string text, short minute)
    {
        Assert.Equal(minute, ScheduleRules.Minute(text));
        Assert.Equal(text, ScheduleRules.Text(minute));
    }

    [Fact]
    public void Rules_are_rows_a_day_and_back()
    {
        OpeningRule[] rules =
        [
            new(["monday", "sunday"], "09:00", "17:00"),
            new(["monday"], "22:00", "02:00", new(2026, 1, 1), new(2026, 12, 31)),
        ];

        var rows = ScheduleRules.ToRows(rules, 1).ToList();

        Assert.Equal([(1, 540, 1020), (7, 540, 1020), (1, 1320, 120)], rows.Select(r => ((int)r.Day, (int)r.StartMinute, (int)r.EndMinute)));
        Assert.Equivalent(rules, ScheduleRules.FromRows(rows), strict: true);
    }
}
