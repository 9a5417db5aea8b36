using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>An answer of the router's own.</summary>
internal static class PlainAnswer
{
    public static Task WriteAsync(HttpContext context, int status, string sentence)
    {
        if (context.Response.HasStarted)
        {
            // Something has been said already, and only the end of the connection tells that it isn't all.
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }
}
