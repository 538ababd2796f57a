using Platform.Api.Http;

namespace Platform.Tests.Http;

public sealed class FormulasTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+55 11", "'+55 11")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "'\rx")]
    [InlineData("a\n=1", "a\n'=1")]
    [InlineData("a\r=1", "a\r'=1")]
    [InlineData("a\r\n=1\n+2", "a\r\n'=1\n'+2")]
    [InlineData("a\n\n\n@x", "a\n\n\n'@x")]
    [InlineData("a\r\n\r\nb", "a\r\n\r\nb")]
    [InlineData("a=1-2", "a=1-2")]
    [InlineData("\n=1", "'\n'=1")]
    [InlineData("", "")]
    public void A_formula_is_defused_at_every_start_of_a_line_and_restored_when_it_is_read(string text, string safe)
    {
        Assert.Equal(safe, Formulas.Defuse(text));
        Assert.Equal(text, Formulas.Restore(safe));
    }
}
