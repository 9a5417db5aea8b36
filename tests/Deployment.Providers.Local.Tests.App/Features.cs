using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace Deployment.Providers.Local.Tests.App;

/// <summary>Where the variable FLAGS names a file with feature flags, /flag/NAME?user=ada tells whether that user has one, and fails for who has the flag named by BROKEN.</summary>
internal static class Features
{
    internal static void Map(WebApplication app)
    {
        if (Environment.GetEnvironmentVariable("FLAGS") is not { } file)
        {
            return;
        }

        string? broken = Environment.GetEnvironmentVariable("BROKEN");
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddJsonFile(file, optional: false, reloadOnChange: true).Build());
        services.AddFeatureManagement().AddFeatureFilter<ContextualTargetingFilter>();
        IFeatureManager features = services.BuildServiceProvider().GetRequiredService<IFeatureManager>();
        app.Map("/flag/{name}", async context =>
        {
            var user = new TargetingContext { UserId = context.Request.Query["user"], Groups = [] };
            string name = (string)context.Request.RouteValues["name"]!;
            bool has = await features.IsEnabledAsync(name, user);
            context.Response.StatusCode = has && name == broken ? 500 : 200;
            await context.Response.WriteAsync(has ? "on" : "off");
        });
    }
}
