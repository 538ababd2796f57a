using Platform.Core.Audit;

namespace Platform.Tests.Audit;

public sealed class AuditDiffTests
{
    private sealed record Thing(string Name, int Size, string? Note = null, long Version = 1);

    [Fact]
    public void Between_keeps_the_members_that_differ()
    {
        var diff = AuditDiff.Between(new Thing("a", 1), new Thing("a", 2, Version: 2))!;

        Assert.Equal(("""{"size":1}""", """{"size":2}"""), (diff.Before!.ToJsonString(), diff.After!.ToJsonString()));
    }

    [Fact]
    public void Between_the_same_is_nothing_whatever_the_version() =>
        Assert.Null(AuditDiff.Between(new Thing("a", 1), new Thing("a", 1, Version: 2)));

    [Fact]
    public void Between_keeps_of_personal_members_their_names_alone()
    {
        var changed = AuditDiff.Between(new Thing("Ada", 1), new Thing("Bia", 1), "name", "note")!;
        var made = AuditDiff.Between(null, new Thing("Ada", 1), "name", "note")!;
        var gone = AuditDiff.Between(new Thing("Ada", 1, "x"), null, "name", "note")!;

        Assert.Equal(("{}", """{"personal":["name"]}"""), (changed.Before!.ToJsonString(), changed.After!.ToJsonString()));
        Assert.Null(made.Before);
        Assert.Equal("""{"size":1,"personal":["name"]}""", made.After!.ToJsonString());
        Assert.Null(gone.After);
        Assert.Equal("""{"size":1,"personal":["name","note"]}""", gone.Before!.ToJsonString());
    }

    [Fact]
    public void Between_nothing_and_nothing_is_an_act_without_a_row() =>
        Assert.Equal(new(null, null), AuditDiff.Between(null, null));
}
