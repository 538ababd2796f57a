using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Clients;
using Platform.Contracts.People;

namespace Platform.Tests.People;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("maria@c.example")]
    [InlineData("maria.silva+a_b@sub.c.example")]
    [InlineData("o'neil@c.example")]
    [InlineData("!#$%&'*+-/=?^_`{|}~@c.example")]
    [InlineData("\"a..b\"@c.example")]
    [InlineData("\"a\\\"b\"@c.example")]
    [InlineData("a@localhost")]
    [InlineData("josé@c.example")]
    [InlineData("用户@例子.example")]
    [InlineData("ana@bücher.example")]
    [InlineData("ana@xn--bcher-kva.example")]
    [InlineData("ana@münchen.de")]
    public void A_valid_address_is_accepted(string email) => Assert.True(EmailAddresses.IsValid(email));

    [Theory]
    [InlineData("")]
    [InlineData("@c.example")]
    [InlineData("maria@")]
    [InlineData("maria")]
    [InlineData("maria silva@c.example")]
    [InlineData("maria@c .example")]
    [InlineData("Maria <maria@c.example>")]
    [InlineData("<maria@c.example>")]
    [InlineData("maria@c.example (Maria)")]
    [InlineData("(Maria)maria@c.example")]
    [InlineData("a@c.example,b@c.example")]
    [InlineData("a@c.example;b@c.example")]
    [InlineData("a@b@c.example")]
    [InlineData("mailto:a@c.example")]
    [InlineData(".a@c.example")]
    [InlineData("a.@c.example")]
    [InlineData("a..b@c.example")]
    [InlineData("a@.c.example")]
    [InlineData("a@c..example")]
    [InlineData("a@c.example.")]
    [InlineData("a@-c.example")]
    [InlineData("a@c-.example")]
    [InlineData("a@c_d.example")]
    [InlineData("a@[192.0.2.1]")]
    [InlineData("a@192.0.2.1")]
    [InlineData("a@c.example\r\nBcc: b@c.example")]
    [InlineData("a\u200bb@c.example")] // zero width
    [InlineData("a\u202eb@c.example")] // from right to left
    [InlineData("a\u00a0b@c.example")]
    [InlineData("\"a b\"@c.example")]
    [InlineData("\"a\"b\"@c.example")]
    [InlineData("a@c\u3002example")]
    [InlineData("a\u0000@c.example")]
    public void An_invalid_address_is_refused(string email) =>
        Assert.False(EmailAddresses.IsValid(EmailAddresses.Canonical(email)));

    [Fact]
    public void Lengths_are_those_of_smtp()
    {
        Assert.True(EmailAddresses.IsValid($"{new string('a', 64)}@c.example"));
        Assert.False(EmailAddresses.IsValid($"{new string('a', 65)}@c.example"));
        Assert.False(EmailAddresses.IsValid($"{new string('é', 33)}@c.example"));
        Assert.False(EmailAddresses.IsValid($"a@{new string('b', 64)}.example"));
        Assert.False(EmailAddresses.IsValid($"a@{string.Join('.', Enumerable.Repeat("bcdefgh", 40))}"));
    }

    [Theory]
    [InlineData("  Maria@C.Example\t", "maria@c.example")]
    [InlineData("Jose\u0301@c.example", "josé@c.example")]
    [InlineData("ana@xn--bcher-kva.example", "ana@bücher.example")]
    [InlineData("ANA@BÜCHER.example", "ana@bücher.example")]
    [InlineData("no address", "no address")]
    public void An_address_has_one_canonical_form(string email, string canonical)
    {
        Assert.Equal(canonical, EmailAddresses.Canonical(email));
        Assert.Equal(canonical, EmailAddresses.Canonical(EmailAddresses.Canonical(email)));
    }

    [Fact]
    public void Every_request_record_reads_addresses_in_that_form()
    {
        var client = Read<ClientDetails>("""{ "name": "Maria", "email": " Maria@C.example " }""");
        var change = Read<UpdateClientRequest>("""{ "email": " Maria@C.example " }""");

        Assert.Equal("maria@c.example", client.Email);
        Assert.Equal("maria@c.example", change.Email.Or(null));
        Assert.False(Read<UpdateClientRequest>("{}").Email.HasValue);
        Assert.Equal((true, null), Read<UpdateClientRequest>("""{ "email": null }""").Email is var none ? (none.HasValue, none.Or("x")) : default);
    }

    /// <summary>Every request record with an address uses the one validator.</summary>
    [Fact]
    public void Every_address_in_a_request_is_checked()
    {
        var members = (
            from type in typeof(Codes).Assembly.GetExportedTypes()
            where type.Name.EndsWith("Request", StringComparison.Ordinal) || type == typeof(ClientDetails) || type == typeof(PublicClient)
            from property in type.GetProperties()
            where property.Name.EndsWith("Email", StringComparison.Ordinal)
            select property).ToList();

        Assert.True(members.Count > 8, "The requests are not where this test looks for them.");
        Assert.All(members, member => Assert.True(
            member.IsDefined(typeof(EmailAttribute), false), $"{member.DeclaringType!.Name}.{member.Name} takes anything."));
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, PlatformJson.Options)!;
}
