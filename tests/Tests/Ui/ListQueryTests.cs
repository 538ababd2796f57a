using Microsoft.AspNetCore.Http;
using Platform.Admin.Web.Tenants;
using Platform.Contracts;
using Platform.Ui.Frame;
using Platform.Ui.Lists;

namespace Platform.Tests.Ui;

public sealed class ListQueryTests
{
    [Theory]
    [InlineData("?q=ana&page=3", "sort", "name", "/list?q=ana&sort=name")]
    [InlineData("?q=ana&page=3", "page", "4", "/list?q=ana&page=4")]
    [InlineData("?q=ana&page=3", "page", "1", "/list?q=ana")]
    [InlineData("?q=ana&sort=name", "q", null, "/list?sort=name")]
    [InlineData("?q=&other=1", "page", "2", "/list?page=2")]
    [InlineData("?page=2", "cursor", "abc", "/list?cursor=abc")]
    public void A_link_changes_one_value_and_any_but_the_page_leads_to_the_first_page(
        string query, string name, string? value, string link) =>
        Assert.Equal(link, Query(query).With(name, value));

    [Fact]
    public void A_sort_header_sorts_ascending_first_and_the_default_is_not_in_the_url()
    {
        var query = Query("");

        Assert.Equal("ascending", query.Direction("name"));
        Assert.Equal("/list?sort=-name", query.SortedBy("name"));
        Assert.Equal("/list?sort=slug", query.SortedBy("slug"));
        Assert.Equal("/list", Query("?sort=-name").SortedBy("name"));
    }

    [Theory]
    [InlineData("", 25)]
    [InlineData("?size=50", 50)]
    [InlineData("?size=1000", 25)]
    [InlineData("?size=-1", 25)]
    public void The_size_of_a_page_is_one_of_the_offered_ones(string query, int size) =>
        Assert.Equal(size, Query(query).Size);

    [Theory]
    [InlineData("?page=3", 22, 72, "51–72", false)]
    [InlineData("?page=2", 25, 72, "26–50", true)]
    public void A_page_knows_its_rows_and_whether_others_follow(string query, int count, long total, string rows, bool more)
    {
        var page = new ListPage(Query(query), count, new PageInfo(null, 25, total));

        Assert.Equal((rows, more), ($"{page.First}–{page.Last}", page.HasNext));
    }

    [Theory]
    [InlineData(1, null, "")]
    [InlineData(8, 10, "ok")]
    [InlineData(9, 10, "warn")]
    [InlineData(10, 10, "bad")]
    [InlineData(0, 0, "bad")]
    public void A_seat_meter_warns_from_ninety_percent(int used, int? limit, string kind) =>
        Assert.Equal(kind, new SeatMeter(used, limit).Kind);

    [Theory]
    [InlineData("Clínica São João", "clinica-sao-joao")]
    [InlineData("  A & B -- C ", "a-b-c")]
    [InlineData("日本", "")]
    [InlineData(null, "")]
    public void A_name_suggests_a_slug(string? name, string slug) => Assert.Equal(slug, SlugText.From(name));

    private static ListQuery Query(string query) =>
        new(new DefaultHttpContext { Request = { Path = "/list", QueryString = new(query) } }.Request, "q")
        {
            DefaultSort = "name",
        };
}
