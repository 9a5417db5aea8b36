using Deployment.Analysis;
using Deployment.Flags;
using Deployment.Providers.Prometheus.Queries;
using Deployment.Releases;

namespace Deployment.Providers.Prometheus.Tests;

[Category("Unit")]
public sealed class TemplateTests
{
    private static readonly MetricSubject _subject = new("production", "eu-1", new RevisionId("shop", "2.4.0-rc.1", 3, RevisionRole.Baseline));

    private static string Render(string template, MetricSubject? subject = null)
    {
        QueryTemplate read = TemplateReader.Read(template);
        read.Problems.Should().BeEmpty();
        return read.Render(subject ?? _subject, TimeSpan.FromSeconds(90));
    }

    [TestCase("x{app=\"{application}\",v=\"{version}\"}", "x{app=\"shop\",v=\"2.4.0-rc.1\"}")]
    [TestCase("x{r=\"{revision}\", role='{role}'}", "x{r=\"shop_2.4.0-rc.1_baseline_3\", role='baseline'}")]
    [TestCase("x{e=\"{environment}-{target}\",n=\"{attempt}\"}", "x{e=\"production-eu-1\",n=\"3\"}")]
    [TestCase("sum(rate(x{a=\"b\"}[{window}])) by (c)", "sum(rate(x{a=\"b\"}[90s])) by (c)")]
    [TestCase("x{}", "x{}")]
    [TestCase("x{v=~\"{version}\"}", "x{v=~\"2\\\\.4\\\\.0-rc\\\\.1\"}")]
    [TestCase("x{v !~ \"{version}|y{2}\"}", "x{v !~ \"2\\\\.4\\\\.0-rc\\\\.1|y{2}\"}")]
    [TestCase("x{route=\"/orders/{{id}}\"}", "x{route=\"/orders/{id}\"}")]
    [TestCase("x{a=\"\\\"{version}\\\"\"}", "x{a=\"\\\"2.4.0-rc.1\\\"\"}")]
    public void Render_Template_PutsTheSubjectIn(string template, string query) => Render(template).Should().Be(query);

    [TestCase("a\"} or up{x=\"", "x{t=\"a\\\"} or up{x=\\\"\"}")]
    [TestCase("a\\", "x{t=\"a\\\\\"}")]
    [TestCase("a\nb\u2028", "x{t=\"a\\u000ab\\u2028\"}")]
    [TestCase("it's", "x{t=\"it's\"}")]
    [TestCase("{window}", "x{t=\"{window}\"}")]
    public void Render_HostileValue_StaysInItsQuotes(string value, string query) =>
        Render("x{t=\"{target}\"}", _subject with { Target = value }).Should().Be(query);

    [TestCase("a\"b.*\\", "x{t=~\"a\\\"b\\\\.\\\\*\\\\\\\\\"}")]
    [TestCase("a|b", "x{t=~\"a\\\\|b\"}")]
    public void Render_HostileValueInARegex_IsItselfAlone(string value, string query) =>
        Render("x{t=~\"{target}\"}", _subject with { Target = value }).Should().Be(query);

    [Test]
    public void Render_SingleQuotes_AreEscapedThere() => Render("x{t='{target}'}", _subject with { Target = "it's \"so\"" }).Should().Be("x{t='it\\'s \"so\"'}");

    [Test]
    public void Render_Cohort_NamesFlagStageAndGroup()
    {
        MetricSubject subject = _subject with { Cohort = new FlagCohort("new-cart", "groups internal; 10%"), HasFlag = false };

        Render("x{f=\"{flag}\",s=\"{stage}\",c=\"{cohort}\"}", subject).Should().Be("x{f=\"new-cart\",s=\"groups internal; 10%\",c=\"without\"}");
        Render("x{c=\"{cohort}\"}", subject with { HasFlag = true }).Should().Be("x{c=\"with\"}");
    }

    [TestCase("x{a=\"{revison}\"}", "*{revison} isn't known*{revision}*{{revison}}*")]
    [TestCase("x{a={version}}", "*must stand in the quotes*")]
    [TestCase("{version}", "*must stand in the quotes*")]
    [TestCase("x{a=`{version}`}", "*back quotes*double quotes*")]
    [TestCase("x{a=\"{window}\"}", "*outside of quotes*")]
    [TestCase("x{a=\"b}", "*doesn't end*")]
    public void Read_WordIsWrong_IsAProblem(string template, string problem) =>
        TemplateReader.Read(template).Problems.Should().ContainMatch(problem);

    [TestCase("x", true)]
    [TestCase("namespace:x:rate5m{a=\"b[5m]\"}", true)]
    [TestCase("{__name__=~\"a|b\"}", true)]
    [TestCase("x{a=\"(\"}", true)]
    [TestCase("x[5m]", false)]
    [TestCase("rate(x[5m])", false)]
    [TestCase("sum(x)", false)]
    [TestCase("x or y", false)]
    [TestCase("x offset 5m", false)]
    [TestCase("x @ 1", false)]
    [TestCase("x # comment", false)]
    [TestCase("", false)]
    [TestCase("x{a=\"b\"} or y{c=\"d\"}", false)]
    [TestCase("x{window}", false)]
    public void SelectorProblems_OfEachKind_AreFound(string selector, bool isFine) =>
        PromQl.SelectorProblems(TemplateReader.Read(selector)).Any().Should().Be(!isFine);

    [TestCase("rate(x[{window}])", null)]
    [TestCase("x{a=\"[5m] offset @\"} / y", null)]
    [TestCase("rate(x[5m])", "*fixed length*")]
    [TestCase("rate(x[ 5m ])", "*fixed length*")]
    [TestCase("max_over_time(rate(x[{window}])[{window}:])", "*subquery*")]
    [TestCase("rate(x[{window}] offset 1h)", "*offset and @*")]
    [TestCase("x @ end()", "*offset and @*")]
    [TestCase("x # rate(x[5m])", "*comment*")]
    [TestCase("  ", "*empty*")]
    public void ExpressionProblems_ThatReachBack_AreFound(string expression, string? problem)
    {
        IEnumerable<string> problems = PromQl.ExpressionProblems(TemplateReader.Read(expression));
        if (problem is null)
        {
            problems.Should().BeEmpty();
        }
        else
        {
            problems.Should().ContainMatch(problem);
        }
    }
}
