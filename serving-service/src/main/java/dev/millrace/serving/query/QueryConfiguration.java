package dev.millrace.serving.query;

import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Switches on the clockwork that stops abandoned queries. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class QueryConfiguration {}
