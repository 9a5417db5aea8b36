using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Hosting;

/// <summary>How the control sockets read requests and write answers.</summary>
internal static class Answers
{
    private const string Json = "application/json";

    /// <summary>Reads the body.</summary>
    /// <exception cref="RefusedException">It is not what is expected here.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw new RefusedException(StatusCodes.Status400BadRequest, "The body is null.");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, $"The body can't be read: {error.Message}");
        }
    }

    public static async Task WriteAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = Json;
        await JsonSerializer.SerializeAsync(context.Response.Body, answer, type, context.RequestAborted);
        await context.Response.WriteAsync("\n", context.RequestAborted);
    }

    public static Task WriteErrorAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new ErrorAnswer(sentence), LocalJson.Default.ErrorAnswer);
    }

    /// <summary>Turns what an operation throws into an answer that says why.</summary>
    public static async Task GuardAsync(HttpContext context, Func<HttpContext, Task> operation)
    {
        try
        {
            await operation(context);
        }
        catch (RefusedException refused)
        {
            await WriteErrorAsync(context, refused.Status, refused.Message);
        }
        catch (DeploymentException failed)
        {
            await WriteErrorAsync(context, StatusCodes.Status422UnprocessableEntity, failed.Message);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException && !context.RequestAborted.IsCancellationRequested)
        {
            await WriteErrorAsync(context, StatusCodes.Status500InternalServerError, $"The state folder can't be read or written: {failed.Message}");
        }
    }
}
