using System.Reflection;
using Platform.Contracts;

namespace Platform.Tests;

public sealed class CodesTests
{
    [Fact]
    public void Every_code_is_upper_case_and_unique()
    {
        var codes = typeof(Codes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)
            .ToList();

        Assert.NotEmpty(codes);
        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Matches("^[A-Z]+(_[A-Z]+)*$", code));
    }
}
