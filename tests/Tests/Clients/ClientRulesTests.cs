using Platform.Contracts.Clients;
using Platform.Core.Clients;

namespace Platform.Tests.Clients;

public sealed class ClientRulesTests
{
    [Theory]
    [InlineData("+55 (11) 91234-5678", "+5511912345678")]
    [InlineData("+1.202.555.0100", "+12025550100")]
    [InlineData("+44\u00a020\u20117123\u20094567", "+442071234567")]
    [InlineData("+12345678", "+12345678")]
    [InlineData("+123456789012345", "+123456789012345")]
    [InlineData("12345678", null)]
    [InlineData("+02345678", null)]
    [InlineData("++12345678", null)]
    [InlineData("+1234567x", null)]
    [InlineData("+12345678\n", "+12345678")]
    [InlineData("", null)]
    public void A_phone_is_kept_in_one_form(string text, string? phone)
    {
        var isValid = ClientRules.Phone(text, country: null).TryGet(out var actual, out var rejection);

        Assert.Equal(phone, actual);
        Assert.Equal(phone is not null, isValid);
        Assert.Equal(phone is null, rejection is not null);
    }

    [Theory]
    [InlineData("BR", "(11) 98765-4321", "+5511987654321")]
    [InlineData("BR", "011 98765 4321", "+5511987654321")]
    [InlineData("BR", "11987654321", "+5511987654321")]
    [InlineData("PT", "912 345 678", "+351912345678")]
    [InlineData("PT", "00351 912 345 678", "+351912345678")]
    [InlineData("PT", "+55 (0)11 98765-4321", "+5511987654321")]
    [InlineData("US", "1-800-FLOWERS", null)]
    [InlineData("US", "call 202 555 0100", null)]
    [InlineData("BR", "12345", null)]
    [InlineData("BR", "", null)]
    [InlineData(null, "(11) 98765-4321", null)]
    public void A_national_number_is_understood_by_the_country(string? country, string text, string? phone) =>
        Assert.Equal(phone, ClientRules.Phone(text, country).TryGet(out var actual, out _) ? actual : null);

    [Fact]
    public void Records_are_alike_by_phone_mailbox_or_name_with_email()
    {
        ClientIdentity[] people =
        [
            new(1, "Ana", "ana@x.com", "+1"), new(2, "Bia", "bia@x.com", "+1"), // one phone
            new(3, "Caio", "c.aio@y.com", null), new(4, "Zeca", "caio+news@Y.com", null), // one mailbox
            new(5, "Édér  Lima", "eder@z.com", null), new(6, "eder lima", "edder@z.com", null), // one name, a typo
            new(7, "Gil", "gil@a.com", null), new(8, "Gil", "somebody@b.com", null), // one name alone
            new(9, "李雷", null, null), new(10, "李雷", "li@c.com", null), // one name, no e-mail
            new(11, "😀", null, null), new(12, "😀", null, null), // no name at all
        ];

        var groups = DuplicateRules.Groups(people);

        Assert.Equal(
            [
                $"{DuplicateReasons.Phone}: 1,2", $"{DuplicateReasons.Mailbox}: 3,4",
                $"{DuplicateReasons.NameAndEmail}: 5,6", $"{DuplicateReasons.Name}: 9,10",
            ],
            groups.Select(group => $"{string.Join('+', group.Reasons)}: {string.Join(',', group.Ids)}"));
    }

    [Theory]
    [InlineData("""{"clientId":7,"clientName":"Ada","clientEmail":"a@b","serviceName":"Visit","locale":"en"}""",
        """{"clientId":7,"clientName":"Erased","clientEmail":null,"serviceName":"Visit","locale":"en"}""")]
    [InlineData("""{"booking":{"clientPhone":"+1","note":"x","answers":{"a":1}},"reason":"ill"}""",
        """{"booking":{"clientPhone":null,"note":null,"answers":{}},"reason":null}""")]
    [InlineData("""{"client":{"id":7,"name":"Ada","email":"a@b","phone":"+1"},"resources":[{"id":1,"name":"Room"}]}""",
        """{"client":{"id":7,"name":"Erased","email":null,"phone":null},"resources":[{"id":1,"name":"Room"}]}""")]
    [InlineData("""{"clientName":null,"client":null}""", """{"clientName":null,"client":null}""")]
    [InlineData("null", "null")]
    public void Erasing_removes_the_person_from_a_snapshot_and_keeps_the_rest(string before, string after) =>
        Assert.Equal(after, ErasureRules.Redact(before));
}
