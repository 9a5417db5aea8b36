using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

// A small shop. It knows nothing of deployments: it listens where PORT says, and ends what it does when it is told to end.
string version = Environment.GetEnvironmentVariable("SHOP_VERSION") ?? "none";
bool homePageFails = Environment.GetEnvironmentVariable("SHOP_HOME_PAGE_FAILS") == "true";
int port = int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "5000", CultureInfo.InvariantCulture);

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
WebApplication app = builder.Build();

app.MapGet("/health", () => Results.Text("well"));
app.MapGet("/", HomePageAsync);
await app.RunAsync();

// A request may ask for an answer that takes its time, as some of every shop do.
async Task<IResult> HomePageAsync(HttpContext context, int milliseconds = 0)
{
    if (milliseconds is > 0 and <= 10_000)
    {
        await Task.Delay(milliseconds, context.RequestAborted);
    }

    return homePageFails
        ? Results.Text("The table 'prices' has no column 'discount'.", statusCode: StatusCodes.Status500InternalServerError)
        : Results.Text(version);
}
